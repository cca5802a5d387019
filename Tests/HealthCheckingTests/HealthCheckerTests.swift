import Balancing
import Glibc
import Sockets
import TestSupport
import Testing
import Time

@testable import HealthChecking

@Suite struct HealthCheckerTests {
    let server: ScriptedServer

    init() throws {
        server = try ScriptedServer()
    }

    @Test func allServersAreCheckedAtOnce() throws {
        let refusing = try RefusingServer()
        let checked = try CheckedPool(server.address, refusing.address)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        #expect(checked.health(0).state == .up)
        #expect(checked.health(1).state == .down)
        #expect(checked.health(1).lastFailure == "connection refused")
        #expect(checked.lastResult(0)?.verdict == .passed)
        #expect(checked.lastResult(1)?.verdict == .failed(reason: "connection refused"))
    }

    @Test func nothingIsCheckedBeforeTheStart() throws {
        let checked = try CheckedPool(server.address, interval: .milliseconds(1))
        try checked.loop.run(for: .milliseconds(30))
        #expect(server.count == 0)
        #expect(checked.lastResult() == nil)
        #expect(checked.health().state == .checking)
    }

    @Test func theFirstRoundEndsOnceWithItsLastCheck() throws {
        let slow = try ScriptedServer()
        let checked = try CheckedPool(
            slow.address, server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200),
            interval: .milliseconds(10))
        checked.checker?.start()
        try checked.until { server.count == 1 && slow.count == 1 }
        server.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.health(1).state == .up }
        #expect(checked.firstRounds == 0)
        try checked.until { server.count == 2 }
        slow.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.firstRounds == 1 }
        try checked.until {
            server.last?.sendWhatFits("HTTP/1.1 200 OK\r\n\r\n")
            return server.count >= 5
        }
        #expect(checked.firstRounds == 1)
    }

    @Test func aResultSaysWhenAndHowLong() throws {
        let checked = try CheckedPool(server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200))
        let before = checked.loop.now
        checked.checker?.start()
        try checked.until { server.count == 1 }
        try checked.loop.run(for: .milliseconds(30))
        server.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.firstRounds == 1 }
        let result = try #require(checked.lastResult())
        #expect(result.at <= checked.loop.now)
        #expect(result.latency >= .milliseconds(20))
        #expect(result.latency <= result.at - before)
    }

    @Test func aResultIsToldForAPerson() throws {
        let refusing = try RefusingServer()
        let connected = try CheckedPool(server.address, refusing.address)
        connected.checker?.start()
        try connected.until { connected.firstRounds == 1 }
        #expect(connected.lastResult(0)?.detail == "connected")
        #expect(connected.lastResult(1)?.detail == "connection refused")
        #expect(connected.lastResult(0)?.verdict == .passed && connected.lastResult(1)?.verdict != .passed)
    }

    @Test(arguments: [
        (200, "200 OK", true), (299, "status 299", true), (500, "status 500, expected 200-399", false),
    ])
    func anAnswersStatusIsTold(status: Int, detail: String, isPassed: Bool) throws {
        let checked = try CheckedPool(server.address, kind: .http(CheckRequest(path: "/"), expect: 200...399))
        checked.checker?.start()
        try checked.until { server.count == 1 }
        server.last?.send("HTTP/1.1 \(status) X\r\n\r\n")
        try checked.until { checked.firstRounds == 1 }
        #expect(checked.lastResult()?.detail == detail)
        #expect((checked.lastResult()?.verdict == .passed) == isPassed)
    }

    @Test func theNextCheckIsKnownBetweenTwo() throws {
        let checked = try CheckedPool(
            server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200), interval: .seconds(8),
            fastInterval: .seconds(8))
        func next() -> Instant? { checked.checker?.nextCheck(of: ServerID(0)) }
        #expect(next() == nil)
        checked.checker?.start()
        try checked.until { server.count == 1 }
        #expect(next() == nil)
        server.last?.send("HTTP/1.1 200 OK\r\n\r\n")
        try checked.until { checked.firstRounds == 1 }
        let rest = try #require(next()) - checked.loop.now
        #expect(rest > .seconds(6) && rest < .seconds(9))
        checked.checker?.lookAgain(at: ServerID(0))
        #expect(next() == nil)
    }

    @Test func serversThatGetNoTrafficAreCheckedToo() throws {
        let draining = try ScriptedServer()
        let checked = try CheckedPool(server.address, draining.address)
        checked.pool.setAdministrativeState(.disabled, of: ServerID(0), at: .origin)
        checked.pool.setAdministrativeState(.draining, of: ServerID(1), at: .origin)
        checked.checker?.start()
        try checked.until { checked.firstRounds == 1 }
        #expect(checked.health(0).state == .up)
        #expect(checked.health(1).state == .up)
    }

    @Test func aCheckerMayGoWhileItsChecksAreUnderWay() throws {
        let checked = try CheckedPool(server.address, kind: .http(CheckRequest(path: "/"), expect: 200...200))
        weak let checker = checked.checker
        checked.checker?.start()
        try checked.until { server.count == 1 }
        checked.checker = nil
        #expect(checker == nil)
        try checked.until { server.last?.isEnded == true }
        server.last?.sendWhatFits("HTTP/1.1 200 OK\r\n\r\n")
        checked.loop.runTurns(5)
        #expect(checked.health().state == .checking)
    }

    @Test func aCheckThatThisMachineCannotMakeSaysNothingOfTheServer() throws {
        try OwnDescriptors.run {
            let server = try ScriptedServer()
            let checked = try CheckedPool(server.address, fastInterval: .milliseconds(20))
            let taken = OwnDescriptors.takeAll()
            checked.checker?.start()
            #expect(checked.lastResult()?.verdict == .impossible(SystemError(code: EMFILE)))
            #expect(checked.health().state == .checking)
            #expect(checked.health().lastFailure == nil)
            #expect(checked.firstRounds == 1)
            for number in taken { close(number) }
            // By itself, and soon.
            try checked.until { checked.health().state == .up }
        }
    }

    @Test func aShortageDoesNotBreakAStreak() throws {
        try OwnDescriptors.run {
            let refusing = try RefusingServer()
            let checked = try CheckedPool(refusing.address)
            checked.pool.saw(.checkPassed, of: ServerID(0), at: checked.loop.now)
            checked.checker?.start()
            try checked.until { checked.health().streak == 1 }
            let taken = OwnDescriptors.takeAll()
            checked.checker?.lookAgain(at: ServerID(0))
            #expect(checked.lastResult()?.verdict == .impossible(SystemError(code: EMFILE)))
            #expect(checked.health().streak == 1)
            for number in taken { close(number) }
            checked.loop.runOneTurn()  // to let go of the probe
        }
    }
}
