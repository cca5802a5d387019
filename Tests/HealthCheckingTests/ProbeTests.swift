import EventLoop
import Sockets
import TestSupport
import Testing
import Time

@testable import HealthChecking

/// What single checks find, in the very words that a person reads.
@Suite struct ProbeTests {
    private static let http = CheckSettings.Kind.http(CheckRequest(path: "/health"), expect: 200...399)

    private static let knock = CheckSettings.Kind.tcp(completesHandshake: false)
    private static let connect = CheckSettings.Kind.tcp(completesHandshake: true)

    private let loop: EventLoop
    private let server: ScriptedServer

    init() throws {
        loop = try EventLoop()
        server = try ScriptedServer()
    }

    /// A probe that was begun, and the verdicts that it gave.
    private final class Check {
        let probe: Probe
        private final class Verdicts {
            var all: [CheckResult.Verdict] = []
        }
        private let verdicts: Verdicts
        var all: [CheckResult.Verdict] { verdicts.all }

        init(of address: PeerAddress, _ kind: CheckSettings.Kind, timeout: TimeSpan, on loop: EventLoop) {
            let verdicts = Verdicts()
            self.verdicts = verdicts
            probe = Probe(
                of: CheckTarget(address: address, host: "web:80"),
                settings: CheckSettings(
                    kind: kind, interval: patience, fastInterval: patience, timeout: timeout),
                on: loop
            ) { verdicts.all.append($0) }
            probe.start()
        }
    }

    private func check(
        of address: SocketAddress? = nil, _ kind: CheckSettings.Kind = http, timeout: TimeSpan = patience
    ) -> Check {
        Check(of: PeerAddress([address ?? server.address]), kind, timeout: timeout, on: loop)
    }

    /// Runs until the verdict, and a little on, for another would be wrong.
    private func verdict(
        of check: Check, _ location: SourceLocation = #_sourceLocation
    ) throws -> CheckResult.Verdict {
        let isGiven = try loop.run { !check.all.isEmpty }
        try #require(isGiven, "no verdict", sourceLocation: location)
        loop.runTurns(3)
        #expect(check.all.count == 1, sourceLocation: location)
        return check.all[0]
    }

    /// The verdict on a server that says this, and closes or not.
    private func verdict(
        on answer: String, expecting range: ClosedRange<Int> = 200...399, closing: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> CheckResult.Verdict {
        let check = check(server.address, expecting: range)
        let isAsked = try loop.run { server.last?.received.hasSuffix("\r\n\r\n") == true }
        try #require(isAsked, sourceLocation: location)
        server.last?.send(answer)
        if closing { server.last?.close() }
        return try verdict(of: check, location)
    }

    @Test func aServerIsCheckedAtEachOfItsAddressesUntilOneTakesTheConnection() throws {
        let refusing = try (0..<2).map { _ in try RefusingServer() }
        let address = PeerAddress(refusing.map(\.address) + [server.address])
        let check = Check(of: address, .tcp(completesHandshake: true), timeout: patience, on: loop)
        #expect(try verdict(of: check) == .passed)
        var tries = AddressTries()
        let chosen = tries.next(of: address)
        #expect(chosen.description == server.address.description)
        let dead = PeerAddress(refusing.map(\.address))
        let other = Check(of: dead, .tcp(completesHandshake: false), timeout: patience, on: loop)
        #expect(try verdict(of: other) == .failed(reason: "connection refused"))
    }

    private func check(_ address: SocketAddress, expecting range: ClosedRange<Int>) -> Check {
        check(of: address, .http(CheckRequest(path: "/health"), expect: range))
    }

    // MARK: Connecting

    @Test func aTCPCheckIsOverBeforeTheServersProgramHearsOfIt() throws {
        for _ in 0..<10 { #expect(try verdict(of: check(Self.knock)) == .passed) }
        #expect(server.count == 0)
        let client = try Peer(connectingTo: server.address)
        #expect(server.count == 1)
        client.close()
    }

    @Test func aTCPCheckThatIsGivenUpLeavesNothingBehindEither() throws {
        let check = check(Self.knock)
        check.probe.cancel()
        loop.runTurns(3)
        #expect(check.all.isEmpty)
        #expect(server.count == 0)
    }

    @Test func aTCPCheckMayCompleteTheHandshakeAndEndsInOrderThen() throws {
        #expect(try verdict(of: check(Self.connect)) == .passed)
        let isClosed = try loop.run { server.last?.isEnded == true }
        #expect(isClosed)
        #expect(server.count == 1)
        #expect(server.last?.failure == nil)
    }

    @Test(arguments: [knock, connect, http])
    func aServerThatIsNotThereRefuses(kind: CheckSettings.Kind) throws {
        let refusing = try RefusingServer()
        #expect(
            try verdict(of: check(of: refusing.address, kind)) == .failed(reason: "connection refused"))
    }

    @Test(arguments: [knock, connect, http])
    func aServerThatDoesNotTakeTheConnectionTimesOut(kind: CheckSettings.Kind) throws {
        let silent = try SilentServer()
        let check = check(of: silent.address, kind, timeout: .milliseconds(50))
        #expect(try verdict(of: check) == .failed(reason: "timed out after 50ms"))
    }

    @Test func aSocketFileThatIsNotThereFailsAtOnce() throws {
        let check = check(of: try Endpoint("unix:/nonexistent/evenkeel.sock").resolve())
        #expect(check.all == [.failed(reason: "no such file or directory")])
        loop.runOneTurn()  // to let go of the probe
    }

    // MARK: HTTP

    @Test func theRequestIsSmallAndAsksForTheConnectionsEnd() throws {
        _ = try verdict(on: "HTTP/1.1 200 OK\r\n\r\n")
        #expect(
            server.last?.received
                == "GET /health HTTP/1.1\r\nHost: web:80\r\nUser-Agent: evenkeel-check\r\nAccept: */*\r\n"
                + "Connection: close\r\n\r\n")
    }

    @Test func theRequestMayHaveAMethodAHostAndFieldsOfItsOwn() throws {
        let request = CheckRequest(
            method: .options, path: "/up", host: "shop.example",
            fields: [.init(name: "X-Probe", value: "a b"), .init(name: "user-agent", value: "watch")])
        let check = check(.http(request, expect: 200...200))
        let isAsked = try loop.run { server.last?.received.hasSuffix("\r\n\r\n") == true }
        try #require(isAsked)
        #expect(
            server.last?.received
                == "OPTIONS /up HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\nX-Probe: a b\r\nuser-agent: watch\r\n"
                + "Connection: close\r\n\r\n")
        server.last?.send("HTTP/1.1 200 OK\r\nAllow: GET\r\n\r\n")
        #expect(try verdict(of: check) == .passed)
    }

    @Test(
        arguments: [
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 0\r\n", "",
        ])
    func theAnswerToAHeadHasNoContent(framing: String) throws {
        let check = check(.http(CheckRequest(method: .head, path: "/up"), expect: 200...200))
        let isAsked = try loop.run { server.last?.received.hasPrefix("HEAD /up HTTP/1.1\r\n") == true }
        try #require(isAsked)
        server.last?.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\(framing)\r\n")
        server.last?.finishSending()
        #expect(try verdict(of: check) == .passed)
    }

    @Test(arguments: [200, 204, 302, 399])
    func anExpectedStatusPasses(status: Int) throws {
        #expect(try verdict(on: "HTTP/1.1 \(status) Fine\r\nContent-Length: 0\r\n\r\n") == .passed)
    }

    @Test func anyOtherStatusFails() throws {
        #expect(
            try verdict(on: "HTTP/1.1 500 Oh\r\n\r\n") == .failed(reason: "status 500, expected 200-399"))
        #expect(
            try verdict(on: "HTTP/1.1 400 Oh\r\n\r\n") == .failed(reason: "status 400, expected 200-399"))
        #expect(
            try verdict(on: "HTTP/1.0 201 Made\r\n\r\n", expecting: 200...200)
                == .failed(reason: "status 201, expected 200"))
    }

    @Test func anInterimResponseIsReadPast() throws {
        let hints = "HTTP/1.1 103 Early Hints\r\n\r\n"
        #expect(try verdict(on: hints + "HTTP/1.1 200 OK\r\n\r\n") == .passed)
        #expect(
            try verdict(on: hints + "HTTP/1.1 500 Oh\r\n\r\n")
                == .failed(reason: "status 500, expected 200-399"))
    }

    @Test func aResponseMayComeInPieces() throws {
        let check = check()
        let isAsked = try loop.run { server.last?.received.hasSuffix("\r\n\r\n") == true }
        try #require(isAsked)
        for byte in "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" {
            #expect(check.all.isEmpty)
            server.last?.send("\(byte)")
            loop.runTurns(2)
        }
        #expect(try verdict(of: check) == .passed)
    }

    @Test func theVerdictDoesNotWaitForTheBody() throws {
        #expect(try verdict(on: "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx") == .passed)
    }

    @Test func whatIsNotHTTPFails() throws {
        #expect(
            try verdict(on: "SSH-2.0-OpenSSH_9.2\r\n")
                == .failed(reason: "no HTTP response (invalid_status_line)"))
        #expect(
            try verdict(on: "HTTP/1.1 2x0 OK\r\n\r\n")
                == .failed(reason: "no HTTP response (invalid_status_code)"))
    }

    @Test func aHeadWithoutEndFails() throws {
        let filling = String(repeating: "a", count: 20_000)
        #expect(
            try verdict(on: "HTTP/1.1 200 OK\r\nX: \(filling)")
                == .failed(reason: "no HTTP response (head_too_large)"))
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n"])
    func aServerThatClosesTooEarlyFails(beginning: String) throws {
        #expect(
            try verdict(on: beginning, closing: true)
                == .failed(reason: "closed the connection before a whole response"))
    }

    @Test func aResponseThatIsWholeBeforeTheCloseCounts() throws {
        #expect(try verdict(on: "HTTP/1.1 200 OK\r\n\r\n", closing: true) == .passed)
    }

    @Test func aServerThatAnswersAtOnceIsHeard() throws {
        let check = check()
        // Accepted and answered before the loop has seen the connection.
        let upstream = try #require(server.last)
        upstream.send("HTTP/1.1 200 OK\r\n\r\n")
        upstream.finishSending()
        #expect(try verdict(of: check) == .passed)
    }

    @Test func aServerThatResetsFails() throws {
        let check = check()
        let isAsked = try loop.run { server.last?.received.hasSuffix("\r\n\r\n") == true }
        try #require(isAsked)
        server.last?.reset()
        #expect(try verdict(of: check) == .failed(reason: "connection reset by peer"))
    }

    @Test func aServerThatSaysNothingTimesOut() throws {
        let check = check(timeout: .milliseconds(50))
        #expect(try verdict(of: check) == .failed(reason: "timed out after 50ms"))
        #expect(server.last?.isEnded == true)
    }

    @Test func aServerThatTricklesTimesOutToo() throws {
        let check = check(timeout: .milliseconds(200))
        let isGiven = try loop.run {
            server.last?.sendWhatFits("HTTP/1.1 200 OK\r\nX: y")
            return !check.all.isEmpty
        }
        #expect(isGiven)
        #expect(check.all.count == 1)
        #expect(check.all != [.passed])
    }
}
