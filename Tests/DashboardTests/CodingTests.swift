import Foundation
import Testing

@testable import Dashboard

@Suite("JSON for answers")
struct CodingTests {
    private struct Sample: Encodable {
        @Nullable var maxConnections: Int?
        @Nullable var text: String?

        private enum CodingKeys: String, CodingKey {
            case maxConnections = "max_connections"
            case text
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONText.bytes(of: value), as: UTF8.self)
    }

    @Test("has every member: what is absent is null")
    func writesNull() throws {
        #expect(try json(Sample(maxConnections: nil, text: nil)) == #"{"max_connections":null,"text":null}"#)
        #expect(try json(Sample(maxConnections: 1, text: "a/b")) == #"{"max_connections":1,"text":"a/b"}"#)
    }

    @Test("leaves the keys of a map as they are: they are data")
    func leavesKeys() throws {
        let plan = TestPlan(
            service: "demo", url: "", method: "GET", path: "/", headers: ["X-RequestKind": "a"], requests: 1,
            durationSeconds: nil, concurrency: 1, rate: nil, keepAlive: true, timeoutSeconds: 1)
        let text = try json(plan)
        #expect(text.contains(#""headers":{"X-RequestKind":"a"}"#))
        #expect(text.contains(#""duration_seconds":null"#))
        #expect(text.contains(#""rate":null"#))
    }

    @Test("names the rarest latency by its decimal")
    func namesPercentiles() throws {
        let latency = TestLatency(count: 1, min: 1, mean: 2, p50: 3, p90: 4, p95: 5, p99: 6, p999: 7, max: 8)
        #expect(
            try json(latency)
                == #"{"count":1,"max":8,"mean":2,"min":1,"p50":3,"p90":4,"p95":5,"p99":6,"p99_9":7}"#)
    }

    @Test("tells a change with its number, kind and severity")
    func tellsChanges() throws {
        var log = ChangeLog()
        let change = log.append(
            Change(at: 1.5, service: "demo", kind: .administrativeState, severity: .warning, text: "a"))
        #expect(
            try json(change)
                == #"{"at":1.5,"id":1,"kind":"administrative_state","server":null,"service":"demo","#
                + #""severity":"warning","text":"a"}"#)
    }

    @Test("tells a problem as RFC 9457 has it, without the header fields that go with it")
    func tellsProblems() throws {
        #expect(
            try json(Problem.wrongMethod(["GET"]))
                == #"{"code":"wrong_method","detail":"this takes GET","status":405,"#
                + #""title":"Method Not Allowed","type":"about:blank"}"#)
        #expect(
            Problem.unknown("server", "x", among: ["a", "b"]).detail
                == "there is no server \"x\"; there are: a, b")
    }
}
