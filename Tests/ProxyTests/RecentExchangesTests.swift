import Metrics
import Testing
import Time

@testable import Proxy

@Suite struct RecentExchangesTests {
    private func record(
        _ number: Int, _ reason: ExchangeReason = .none, attempts: Int = 1, bytes: UInt64 = 0
    ) -> ExchangeRecord {
        ExchangeRecord(
            began: .origin, duration: .zero, client: "192.0.2.1", method: "GET", target: "/\(number)",
            status: 200, server: "Server-1", attempts: attempts, isReused: false, bytes: bytes, reason: reason)
    }

    private func targets(after count: Int) -> [String] {
        var recent = RecentExchanges()
        for number in 0..<count { recent.append(record(number)) }
        return recent.newestFirst.map(\.target)
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
}
