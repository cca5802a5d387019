import EventLoop
import Sockets
import TestSupport
import Testing
import Time

@testable import LoadTesting

/// A test ends at its bound, whatever its workers do.
@Suite struct WatchdogTests {
    private let loop: EventLoop
    /// What a worker waits for, so that the test says when it ends.
    private let gate = Handover<Bool>()

    init() throws {
        loop = try EventLoop()
    }

    private static func plan(
        _ amount: LoadPlan.Amount, concurrency: Int = 1, rate: Double? = nil,
        timeout: TimeSpan = .milliseconds(1), limits: LoadLimits = .command
    ) throws -> LoadPlan {
        try LoadPlan(
            target: anywhere(), host: "test", amount: amount, concurrency: concurrency,
            ratePerSecond: rate, timeout: timeout, limits: limits)
    }

    @Test func workersThatDoNothingAreLeftBehind() throws {
        var reports: [LoadReport] = []
        let crew = try LoadCrew(
            Self.plan(.duration(.milliseconds(100)), concurrency: 2), threads: 2, on: loop,
            callbacks: .init(onAnswer: nil, onProgress: { _ in }, onEnd: { reports.append($0) })
        ) { [gate] setting, _, messages in
            if setting.number == 0 {
                var tally = LoadTally()
                tally.began(at: .origin)
                tally.failed(.timeout)
                messages.post(.result(worker: 0, tally))
            } else {
                messages.post(
                    .progress(worker: 1, .init(sent: 7, answered: 4, succeeded: 3, broken: 2)))
                _ = gate.take()
            }
            messages.post(.done(worker: setting.number))
        }
        crew.start()
        let hasEnded = try loop.run { !reports.isEmpty }
        gate.give(true)
        #expect(hasEnded)
        let report = try #require(reports.first)
        #expect(report.wasCancelled)
        #expect((report.sent, report.answered, report.succeeded) == (8, 4, 3))
        #expect(report.errors == [.timeout: 1, .cancelled: 3])
    }

    @Test func aResultThatComesAfterTheEndIsNotTold() throws {
        var ends = 0
        let crew = try LoadCrew(
            Self.plan(.unlimited), threads: 1, on: loop,
            callbacks: .init(onAnswer: nil, onProgress: { _ in }, onEnd: { _ in ends += 1 })
        ) { [gate] _, _, messages in
            _ = gate.take()
            messages.post(.result(worker: 0, LoadTally()))
            messages.post(.done(worker: 0))
        }
        crew.start()
        crew.cancel()
        let hasEnded = try loop.run { ends == 1 }
        #expect(hasEnded)
        gate.give(true)
        try loop.run(for: .milliseconds(50))
        #expect(ends == 1)
    }

    @Test func theBoundIsWhatThePlanMayTake() throws {
        #expect(try Self.plan(.unlimited).bound == nil)
        #expect(
            try Self.plan(.duration(.seconds(10)), timeout: .seconds(30)).bound
                == .seconds(40) + LoadLimits.requestLateness + LoadLimits.grace)
        // Ten seconds until the last is due, and four may have to time out one after the other.
        #expect(
            try Self.plan(.requests(100), concurrency: 33, rate: 10, timeout: .seconds(1)).bound
                == .seconds(10) + (.seconds(1) + LoadLimits.requestLateness) * 4 + LoadLimits.grace)
        #expect(
            try Self.plan(.requests(1_000_000), rate: 1, timeout: .seconds(60), limits: .dashboard).bound
                == .seconds(660) + LoadLimits.requestLateness + LoadLimits.grace)
        _ = try Self.plan(.requests(1_000_000_000), rate: 0.01, timeout: .seconds(3600)).bound
    }
}
