import Balancing
import TestSupport
import Testing

@testable import HealthChecking

/// When servers are checked. Checks are counted where the server accepts them; one interval of a pair
/// is always so long that it does not pass in a test.
@Suite struct CheckScheduleTests {
    private static let short = Duration.milliseconds(20)

    @Test func aServerThatIsWellIsCheckedAtTheUsualInterval() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.checker?.start()
        try checked.until { server.count >= 5 }
        #expect(checked.health().state == .up)
        #expect(!checked.health().isChanging)
    }

    @Test func theFastIntervalIsNotForAServerThatIsWell() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, fastInterval: Self.short)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        try checked.loop.run(for: Self.short * 10)
        #expect(server.count == 1)
    }

    @Test func aServerThatIsAboutToChangeIsCheckedFaster() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, fastInterval: Self.short, fall: 4)
        checked.checker?.start()
        try checked.until { checked.health().state == .up }
        server.stopListening()
        checked.checker?.checkNow(ServerID(0))
        // Three of these four come by themselves.
        try checked.until { checked.health().state == .down }
        #expect(checked.lastResult()?.verdict == .failed(reason: "connection refused"))
        #expect(!checked.health().isChanging)
    }

    @Test func theUsualIntervalIsNotForAServerThatIsAboutToChange() throws {
        let refusing = try RefusingServer()
        let checked = try CheckedPool(refusing.address, interval: Self.short, fall: 2)
        checked.pool.saw(.checkPassed, of: ServerID(0), at: checked.loop.now)
        checked.checker?.start()
        try checked.until { checked.health().streak == 1 }
        let result = checked.lastResult()
        try checked.loop.run(for: Self.short * 10)
        #expect(checked.lastResult() == result)
    }

    @Test func aServerThatIsDownIsCheckedUntilItIsBack() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short, fastInterval: Self.short, rise: 3)
        checked.pool.saw(.checkFailed(reason: "a test"), of: ServerID(0), at: checked.loop.now)
        checked.checker?.start()
        try checked.until { checked.health().state == .up }
        #expect(server.count >= 3)
    }

    @Test func checksDoNotComeSoonerThanTheIntervalLessTheJitter() throws {
        let server = try ScriptedServer()
        let interval = Duration.milliseconds(100)
        let checked = try CheckedPool(server.address, interval: interval)
        checked.checker?.start()
        let start = ContinuousClock.now
        try checked.until { server.count >= 6 }
        // The loop's clock may be a tick of the kernel ahead.
        let shortest = interval * (1 - CheckSchedule.jitter) - .milliseconds(8)
        #expect(ContinuousClock.now - start >= shortest * 5)
    }

    @Test func theTimeThatACheckTakesIsPartOfTheInterval() throws {
        let server = try ScriptedServer()
        let timeout = Duration.seconds(1)
        let checked = try CheckedPool(
            server.address, kind: .http(path: "/", expect: 200...200), interval: timeout,
            fastInterval: timeout, timeout: timeout)
        checked.checker?.start()
        try checked.until { server.count == 1 && checked.lastResult() != nil }
        // The next comes at once, for the interval has passed; only the jitter may be left.
        let start = ContinuousClock.now
        try checked.until { server.count == 2 }
        #expect(ContinuousClock.now - start < atMost(timeout / 2))
    }

    // MARK: Now

    @Test func aCheckThatIsAskedForComesAtOnce() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        checked.checker?.checkNow(ServerID(0))
        try checked.until { server.count == 2 }
    }

    @Test func aCheckUnderWayIsEnough() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, kind: .http(path: "/", expect: 200...200))
        checked.checker?.start()
        try checked.until { server.count == 1 }
        for _ in 0..<3 { checked.checker?.checkNow(ServerID(0)) }
        checked.loop.runTurns(5)
        #expect(server.count == 1)
        server.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.health().state == .up }
        #expect(server.count == 1)
    }

    @Test func checksGoOnAfterOneThatWasAskedFor() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        checked.checker?.checkNow(ServerID(0))
        try checked.until { server.count >= 5 }
    }

    @Test func aChangeMayAskForACheckWhileItIsTold() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.pool.onChange = { [unowned checked] id, _ in checked.checker?.checkNow(id) }
        checked.checker?.start()
        try checked.until { server.count >= 5 }
        #expect(checked.health().state == .up)
    }
}
