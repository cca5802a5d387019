import LoadTesting
import Sockets
import Testing
import Time

/// Which plans there are, and what is said of those that are none.
@Suite struct PlanTests {
    private static func make(
        host: String = "web", method: String = "GET", path: String = "/", headers: [LoadPlan.Header] = [],
        amount: LoadPlan.Amount = .requests(1), concurrency: Int = 1, rate: Double? = nil,
        timeout: TimeSpan = .seconds(1), limits: LoadLimits = .dashboard
    ) throws -> LoadPlan {
        try LoadPlan(
            target: Endpoint("127.0.0.1:1").resolve(), host: host, method: method, path: path,
            headers: headers,
            amount: amount, concurrency: concurrency, ratePerSecond: rate, timeout: timeout, limits: limits)
    }

    private func complaint(_ make: () throws -> LoadPlan) -> String {
        do {
            _ = try make()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func theBoundsThemselvesAreAllowed() throws {
        for concurrency in [1, 9000] { _ = try Self.make(concurrency: concurrency) }
        for count in [1, 1_000_000] { _ = try Self.make(amount: .requests(count)) }
        for seconds in [1, 600] { _ = try Self.make(amount: .duration(.seconds(seconds))) }
        for rate in [1.0, 100_000] { _ = try Self.make(rate: rate) }
        for timeout in [TimeSpan.milliseconds(100), .seconds(60)] { _ = try Self.make(timeout: timeout) }
        _ = try Self.make(path: "/" + String(repeating: "a", count: 2047))
    }

    @Test func whatIsBeyondThemIsToldWithWhatWouldBeRight() {
        #expect(complaint { try Self.make(concurrency: 0) } == "concurrency must be from 1 to 9000")
        #expect(complaint { try Self.make(concurrency: 9001) } == "concurrency must be from 1 to 9000")
        #expect(complaint { try Self.make(amount: .requests(0)) } == "requests must be from 1 to 1000000")
        #expect(
            complaint { try Self.make(amount: .duration(.seconds(601))) }
                == "duration_seconds must be from 1s to 10m")
        #expect(complaint { try Self.make(rate: 0) } == "rate must be from 1 to 100000 a second")
        #expect(complaint { try Self.make(rate: .nan) } == "rate must be from 1 to 100000 a second")
        #expect(complaint { try Self.make(timeout: .zero) } == "timeout_seconds must be from 100ms to 1m")
        #expect(complaint { try Self.make(path: "x") } == "path must begin with \"/\"")
        #expect(complaint { try Self.make(path: "/a b") }.hasPrefix("path must be printable ASCII"))
        #expect(complaint { try Self.make(path: "/\r\nX: y") }.hasPrefix("path must be printable ASCII"))
        #expect(
            complaint { try Self.make(path: "/" + String(repeating: "a", count: 2048)) }
                == "path must be at most 2048 characters long")
        #expect(complaint { try Self.make(method: "get") }.hasPrefix("method must be one of GET, HEAD"))
        #expect(complaint { try Self.make(host: "a b") }.hasPrefix("host must be"))
    }

    @Test func noFieldCanBreakTheRequest() {
        for (name, value) in [("", "x"), ("a b", "x"), ("X-A", "a\r\nX-B: b"), ("X-A", "\u{0}")] {
            #expect(complaint { try Self.make(headers: [.init(name, value)]) }.hasPrefix("headers "))
        }
        for name in ["Content-Length", "transfer-encoding", "Host", "Connection"] {
            #expect(complaint { try Self.make(headers: [.init(name, "1")]) }.contains("cannot have \(name)"))
        }
        let many = (0..<33).map { LoadPlan.Header("X-\($0)", "1") }
        #expect(complaint { try Self.make(headers: many) } == "headers must be at most 32")
    }

    @Test func aCommandMayAskForMore() throws {
        _ = try Self.make(amount: .duration(.seconds(3600)), limits: .command)
        _ = try Self.make(amount: .requests(10_000_000), rate: 0.5, limits: .command)
    }
}
