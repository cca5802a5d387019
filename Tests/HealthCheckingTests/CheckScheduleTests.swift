import Balancing
import TestSupport
import Testing
import Time

@testable import HealthChecking

/// When servers are checked. Checks are counted where the server accepts them; one interval of a pair
/// is always so long that it does not pass in a test.
@Suite struct CheckScheduleTests {
    private static let short = TimeSpan.milliseconds(20)

    @Test func aServerThatIsWellIsCheckedAtTheUsualInterval() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.checker?.start()
        try checked.until { server.count >= 5 }
        #expect(checked.health().state == .up)
        #expect(checked.health().pace == .settled)
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
        checked.checker?.lookAgain(at: ServerID(0))
        // Three of these four come by themselves.
        try checked.until { checked.health().state == .down }
        #expect(checked.lastResult()?.verdict == .failed(reason: "connection refused"))
        #expect(checked.health().pace == .settled)
    }

    @Test func checksAreCountedByWhatTheyFoundWithTheTimeThatTheyTook() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short, fastInterval: Self.short)
        let tally = { checked.checker?.tally(of: ServerID(0)) ?? CheckTally() }
        checked.checker?.start()
        try checked.until { tally().passed >= 2 }
        #expect(tally().failed == 0 && tally().impossible == 0 && tally().duration > .zero)
        server.stopListening()
        let before = tally()
        try checked.until { tally().failed >= 2 }
        #expect(tally().passed >= before.passed && tally().duration > before.duration)
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
        let interval = TimeSpan.milliseconds(100)
        let checked = try CheckedPool(server.address, interval: interval)
        checked.checker?.start()
        let start = ContinuousClock.now
        try checked.until { server.count >= 6 }
        // The loop's clock may be a tick of the kernel ahead.
        let shortest = interval * (1 - CheckSchedule.jitter) - .milliseconds(8)
        #expect(ContinuousClock.now - start >= Duration(shortest * 5))
    }

    @Test func theTimeThatACheckTakesIsPartOfTheInterval() throws {
        let server = try ScriptedServer()
        let timeout = TimeSpan.seconds(1)
        let checked = try CheckedPool(
            server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200), interval: timeout,
            fastInterval: timeout, timeout: timeout)
        checked.checker?.start()
        try checked.until { server.count == 1 && checked.lastResult() != nil }
        // The next comes at once, for the interval has passed; only the jitter may be left.
        let start = ContinuousClock.now
        try checked.until { server.count == 2 }
        #expect(ContinuousClock.now - start < Duration(atMost(timeout / 2)))
    }

    // MARK: Now

    @Test func aCheckThatIsAskedForComesAtOnce() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        checked.checker?.lookAgain(at: ServerID(0))
        try checked.until { server.count == 2 }
    }

    @Test func aCheckThatBeganBeforeTheChangeSaysNothingOfIt() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200))
        checked.checker?.start()
        try checked.until { server.count == 1 }
        let before = try #require(server.last)
        checked.checker?.lookAgain(at: ServerID(0))
        try checked.until { server.count == 2 && before.isEnded }
        before.sendWhatFits("HTTP/1.1 200 OK\r\n\r\n")
        checked.loop.runTurns(5)
        #expect(checked.health().state == .checking)
        server.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.health().state == .up }
        #expect(server.count == 2)
    }

    @Test func aServerThatTrafficDidNotReachIsCheckedAtAPaceOfItsOwn() throws {
        let refusing = try RefusingServer()
        let checked = try CheckedPool(refusing.address)
        checked.pool.saw(.checkPassed, of: ServerID(0), at: checked.loop.now)
        checked.pool.failed(ServerID(0), reason: "connection refused", at: checked.loop.now)
        checked.checker?.lookAgain(at: ServerID(0))
        try checked.until { checked.health().pace == .settled }
        #expect(checked.health().state == .down, "after \(Health.closeLooks) of them it is no short restart")
    }

    @Test func aServerWhoseChecksPassButNotItsTrafficIsNotTakenBackAtOnceEachTime() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address)
        checked.checker?.start()
        try checked.until { checked.health().state == .up }
        for _ in 0..<2 {
            checked.pool.failed(ServerID(0), reason: "timed out", at: checked.loop.now)
            checked.pool.saw(.checkPassed, of: ServerID(0), at: checked.loop.now)
        }
        checked.pool.failed(ServerID(0), reason: "timed out", at: checked.loop.now)
        checked.checker?.lookAgain(at: ServerID(0))
        let check = try #require(checked.checker?.nextCheck(of: ServerID(0)))
        let next: TimeSpan = check - checked.loop.now
        // The third time in a row: four times the close interval, less the jitter.
        #expect(next > CheckSchedule.closeInterval * 3.5 && next < CheckSchedule.closeInterval * 4.5)
    }

    @Test func checksGoOnAfterOneThatWasAskedFor() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        checked.checker?.lookAgain(at: ServerID(0))
        try checked.until { server.count >= 5 }
    }

    @Test func aChangeMayAskForACheckWhileItIsTold() throws {
        let server = try ScriptedServer()
        let checked = try CheckedPool(server.address, interval: Self.short)
        checked.pool.onChange = { [unowned checked] id, _ in checked.checker?.lookAgain(at: id) }
        checked.checker?.start()
        try checked.until { server.count >= 5 }
        #expect(checked.health().state == .up)
    }
}
