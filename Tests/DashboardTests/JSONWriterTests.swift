import Foundation
import Testing

@testable import Dashboard

@Suite("The writer of JSON")
struct JSONWriterTests {
    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONWriter.bytes(of: value), as: UTF8.self)
    }

    private static var exchange: ExchangeStatus {
        var exchange = ExchangeStatus.sample(7)
        exchange.status = nil
        exchange.target = "/<img src=x onerror=alert(\"1\")>\\\u{7}"
        exchange.picks = [
            PickStatus(
                server: "a", explanation: "a was next",
                candidates: [
                    CandidateStatus(server: "a", weight: 2, inFlight: 3, verdict: "picked"),
                    CandidateStatus(server: "Ä \"b\"", weight: 1, inFlight: 0, verdict: "down"),
                ]),
            PickStatus(server: nil, explanation: "", candidates: []),
        ]
        return exchange
    }

    private static var history: HistoryStatus {
        var series = SeriesStatus()
        series.append(SecondStatus(requests: 12, failed: 0, p50: 1.25, p95: nil, p99: 1e-7))
        series.append(SecondStatus(requests: .max, failed: 1, p50: 3, p95: 1e21, p99: -0.5))
        return HistoryStatus(
            service: "demo", second: -1, endAt: 1_764_090_000.123, total: series,
            servers: [ServerSeriesStatus(name: "a", series)])
    }

    /// What Foundation's encoder makes of a value, its members in the same order.
    private func reference(_ value: some Encodable) throws -> NSObject {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try object(encoder.encode(value))
    }

    private func object(_ data: Data) throws -> NSObject {
        try #require(JSONSerialization.jsonObject(with: data) as? NSObject)
    }

    private func check(_ value: some Encodable) throws {
        let written = try object(Data(JSONWriter.bytes(of: value)))
        #expect(try written == reference(value))
    }

    @Test("says what Foundation's encoder says")
    func agrees() throws {
        try check(Self.exchange)
        try check(["exchanges": [Self.exchange, ExchangeStatus.sample(8)]])
        try check(Self.history)
        try check(ServiceStatus.sample("demo"))
        try check(
            ServiceTick(service: .sample("a \"service\""), exchanges: [Self.exchange], exchangesSeen: 3))
    }

    @Test("puts members in alphabetical order, those of an object in parts too")
    func sortsMembers() throws {
        let text = try json(ServiceTick(service: .sample("demo"), exchanges: [], exchangesSeen: 0))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let tick = ServiceTick(service: .sample("demo"), exchanges: [], exchangesSeen: 0)
        #expect(text == String(decoding: try encoder.encode(tick), as: UTF8.self))
        #expect(try json(["b": 1, "a": 2, "c": 3]) == #"{"a":2,"b":1,"c":3}"#)
        #expect(try json(["b": ["z": 1, "y": 2], "a": [:]]) == #"{"a":{},"b":{"y":2,"z":1}}"#)
    }

    @Test("writes every kind of value")
    func writesValues() throws {
        #expect(try json([true, false]) == "[true,false]")
        #expect(try json([1.0, 1.5, -0.001, 4_294_967_296, 1e300]) == "[1,1.5,-0.001,4294967296,1e+300]")
        #expect(try json([Int8(-1)]) == "[-1]")
        #expect(try json([UInt64.max]) == "[18446744073709551615]")
        #expect(try json([Double?.none, 2]) == "[null,2]")
        #expect(try json([[Int]]()) == "[]")
        #expect(try json([[1], []]) == "[[1],[]]")
        #expect(try json([String: Int]()) == "{}")
    }

    @Test("escapes what a text may not have, in names too, and nothing else")
    func escapes() throws {
        #expect(
            try json(["\"\\/\u{0}\u{1f}\n\r\t\u{7f}é\u{2028}"])
                == "[\"\\\"\\\\/\\u0000\\u001f\\n\\r\\t\u{7f}é\u{2028}\"]")
        #expect(try json(["a\"b": 1]) == #"{"a\"b":1}"#)
    }

    @Test("refuses numbers that JSON has not", arguments: [Double.infinity, -.infinity, .nan])
    func refusesNumbers(_ number: Double) {
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: ["x": number]) }
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: [Double?.some(number)]) }
    }
}
