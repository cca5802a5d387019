import Metrics
import Sockets
import Testing
import Time

@testable import Proxy

@Suite struct RecentExchangesTests {
    private func line(_ text: String) -> RequestLineText {
        var buffer = Buffer(capacity: 1024)
        buffer.append(text.utf8)
        return RequestLineText(from: buffer)
    }

    private func record(
        _ number: Int, _ reason: ExchangeReason = .none, attempts: Int = 1, bytes: UInt64 = 0
    ) -> ExchangeRecord {
        ExchangeRecord(
            began: .origin, duration: .zero, client: "192.0.2.1",
            request: line("GET /\(number) HTTP/1.1\r\n"),
            status: 200, server: "Server-1", attempts: attempts, isReused: false, bytes: bytes, reason: reason
        )
    }

    private func targets(after count: Int) -> [String] {
        var recent = RecentExchanges()
        for number in 0..<count { recent.append(record(number)) }
        return recent.newestFirst.map(\.request.target)
    }

    @Test(arguments: [0, 1, 199, 200, 201, 399, 400, 401, 1000])
    func theLastTwoHundredAreRememberedNewestFirst(count: Int) {
        let expected = (max(0, count - RecentExchanges.capacity)..<count).reversed().map { "/\($0)" }
        #expect(targets(after: count) == expected)
    }

    @Test func eachExchangeIsCountedOnceByItsReason() {
        var counters = ExchangeCounters()
        counters.count(record(0, bytes: 7))
        counters.count(record(1, .requestBodyTooLarge, attempts: 0))
        counters.count(record(2, .connectFailed, attempts: 3))
        counters.count(record(3, .responseCut, bytes: 5))
        counters.count(record(4, .clientClosed, attempts: 0))
        var expected = ExchangeCounters()
        expected.total = 5
        expected.answered = 1
        expected.refused = 1
        expected.failed = 1
        expected.cut = 2
        expected.retries = 2
        expected.bytesToClients = 12
        #expect(counters == expected)
    }

    @Test func theRequestLineIsTakenApart() {
        let request = line("GET /a?b HTTP/1.1\r\nHost: a\r\n")
        #expect(request.text == "GET /a?b")
        #expect(request.method == "GET")
        #expect(request.target == "/a?b")
    }

    @Test(arguments: ["", "\r\n", "\n"])
    func whereThereIsNoRequestLineThereIsNoText(text: String) {
        #expect(line(text).text == "")
        #expect(line(text).method == "")
        #expect(line(text).target == "")
    }

    @Test func ofALongTargetTheBeginningIsKept() {
        let request = line("GET /" + String(repeating: "a", count: 500) + " HTTP/1.1\r\n")
        #expect(request.text.utf8.count == RequestLineText.capacity)
        #expect(request.target.hasPrefix("/aaa"))
    }
}
