import EventLoop
import LoadTesting
import Sockets
import TestSupport
import Time

/// A test with what it told, driven by its loop.
final class Trial {
    let loop: EventLoop
    private(set) var answers: [LoadAnswer] = []
    private(set) var progress: [LoadProgress] = []
    private(set) var reports: [LoadReport] = []
    private(set) var test: LoadTest?

    init(_ plan: LoadPlan, threads: Int = 1, on loop: EventLoop) throws {
        self.loop = loop
        test = try LoadTest(
            plan, threads: threads, on: loop, onAnswer: { [unowned self] in answers.append($0) },
            onProgress: { [unowned self] in progress.append($0) },
            onEnd: { [unowned self] in reports.append($0) })
    }

    /// Starts it and runs the loop until it has ended.
    func run() throws -> LoadReport? {
        test?.start()
        return try end()
    }

    /// Runs the loop until it has ended.
    func end() throws -> LoadReport? {
        _ = try loop.run { !reports.isEmpty }
        return reports.first
    }

    func cancel() {
        test?.cancel()
    }

    func letGo() {
        test = nil
    }
}

extension LoadPlan {
    /// A plan with what tests mostly want.
    static func to(
        _ target: SocketAddress, method: String = "GET", body: [UInt8]? = nil, _ amount: Amount,
        concurrency: Int = 1, rate: Double? = nil, keepAlive: Bool = true, timeout: TimeSpan = .seconds(10)
    ) throws -> LoadPlan {
        try LoadPlan(
            target: target, host: "test", method: method, body: body, amount: amount,
            concurrency: concurrency,
            ratePerSecond: rate, keepAlive: keepAlive, timeout: timeout)
    }
}

/// An address that nothing is sent to.
func anywhere() throws -> SocketAddress {
    try Endpoint("127.0.0.1:1").resolve()
}
