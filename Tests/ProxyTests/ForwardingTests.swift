import HTTPWire
import Testing

@testable import Proxy

/// Exact heads out for odd heads in.
@Suite struct ForwardingTests {
    private let forwarding = Forwarding(trusts: { _ in false }, keepsServers: true)

    private static let stranger = ClientIdentity(address: "192.0.2.1", isTrusted: false)
    private static let friend = ClientIdentity(address: "192.0.2.1", isTrusted: true)

    /// What a server gets, with our random identifier replaced by `ID`, and without our mark.
    private func forwarded(
        _ text: String, from client: ClientIdentity = stranger, protocols: [String] = []
    ) throws -> String {
        var parser = RequestParser()
        let bytes = Array((text + "\r\n").replacing("\n", with: "\r\n").replacing("\r\r", with: "\r").utf8)
        guard case .complete = parser.parse(bytes.span) else {
            Issue.record("not a request: \(text)")
            return ""
        }
        var writer = ByteWriter()
        forwarding.writeRequest(
            parser.head, from: bytes.span, client: client, protocols: protocols, into: &writer)
        let written = writer.withSpan { span in
            String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
        }
        return written.replacing("\r\n", with: "\n")
            .replacing(/X-Request-ID: [0-9a-f]{16}-[0-9a-f]+\n/, with: "X-Request-ID: ID\n")
            .replacing(/CDN-Loop: evenkeel-[0-9a-f]{16}\n/, with: "")
    }

    private func answered(
        _ text: String, to method: HTTPMethod = .get, _ framing: ResponseFraming
    ) throws -> String {
        var parser = ResponseParser(answering: method)
        let bytes = Array((text + "\n").replacing("\n", with: "\r\n").utf8)
        guard case .complete = parser.parse(bytes.span) else {
            Issue.record("not a response: \(text)")
            return ""
        }
        var writer = ByteWriter()
        forwarding.writeResponse(parser.head, from: bytes.span, framing: framing, into: &writer)
        return writer.withSpan { span in
            String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
        }.replacing("\r\n", with: "\n")
    }

    /// What is added for a stranger who asked for this host.
    private func ours(_ host: String = "a") -> String {
        "X-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: http\nX-Forwarded-Host: \(host)\nX-Request-ID: ID\n"
    }

    // MARK: Requests

    @Test func aPlainRequestGetsOurFields() throws {
        #expect(try forwarded("GET / HTTP/1.1\nHost: a\n") == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test func hostComesFirstAndSpacesAreTidied() throws {
        #expect(
            try forwarded("GET /x HTTP/1.1\nAccept:*/*\nHost:   a  \nX-Odd: \t1 \t\n")
                == "GET /x HTTP/1.1\nHost: a\nAccept: */*\nX-Odd: 1\n" + ours() + "\n")
    }

    @Test func whatSpeaksOfOneConnectionStaysHere() throws {
        let head = """
            GET / HTTP/1.1
            Host: a
            Connection: close, X-Secret, keep-alive
            Keep-Alive: timeout=5
            Proxy-Connection: keep-alive
            Proxy-Authorization: Basic eA==
            TE: trailers
            Trailer: X-Sum
            X-Secret: 1
            Upgrade: h2c
            HTTP2-Settings: AAMAAABk
            Accept: a

            """
        #expect(try forwarded(head) == "GET / HTTP/1.1\nHost: a\nAccept: a\n" + ours() + "\n")
    }

    @Test func aStrangerCannotSayWhoCameBefore() throws {
        let head = """
            GET / HTTP/1.1
            Host: a
            X-Forwarded-For: 127.0.0.1
            X-Forwarded-Proto: https
            X-Forwarded-Host: bank.test
            X-Forwarded-Port: 443
            X-Real-IP: 127.0.0.1
            X_Forwarded_For: 127.0.0.1
            Forwarded: for=127.0.0.1
            X-Request-ID: forged
            Connection: X-Forwarded-For, X-Forwarded-Proto, X-Request-ID

            """
        #expect(try forwarded(head) == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test func aTrustedPeerIsBelieved() throws {
        let head = """
            GET / HTTP/1.1
            Host: a
            X-Forwarded-For: 203.0.113.9
            X-Forwarded-For: 203.0.113.8
            X-Forwarded-Proto: https
            X-Forwarded-Host: shop.test
            X-Real-IP: 203.0.113.9
            X-Request-ID: abc

            """
        let expected = """
            GET / HTTP/1.1
            Host: a
            X-Forwarded-Proto: https
            X-Forwarded-Host: shop.test
            X-Real-IP: 203.0.113.9
            X-Forwarded-For: 203.0.113.9, 203.0.113.8, 192.0.2.1
            X-Request-ID: abc


            """
        #expect(try forwarded(head, from: Self.friend) == expected)
    }

    @Test func anEmptyRequestIDHidesNoneThatFollows() throws {
        let head = "GET / HTTP/1.1\nHost: a\nX-Request-ID:\nX-Request-ID: abc\n"
        #expect(try forwarded(head, from: Self.friend).contains("\nX-Request-ID: abc\n"))
    }

    @Test func forATrustedPeerWhatIsMissingIsAdded() throws {
        #expect(
            try forwarded("GET / HTTP/1.1\nHost: a\n", from: Self.friend)
                == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test func anAbsoluteTargetNamesTheHost() throws {
        #expect(
            try forwarded("GET http://b:81/x?y HTTP/1.1\nHost: a\n")
                == "GET /x?y HTTP/1.1\nHost: b:81\n" + ours("b:81") + "\n")
        #expect(
            try forwarded("GET http://b HTTP/1.1\nHost: a\n")
                == "GET / HTTP/1.1\nHost: b\n" + ours("b") + "\n")
        #expect(
            try forwarded("OPTIONS http://b HTTP/1.1\nHost: a\n")
                == "OPTIONS * HTTP/1.1\nHost: b\n" + ours("b") + "\n")
    }

    @Test func anOldRequestWithoutAHostGetsOne() throws {
        let expected =
            "GET / HTTP/1.1\nHost: localhost\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: http\n"
            + "X-Request-ID: ID\n\n"
        #expect(try forwarded("GET / HTTP/1.0\n") == expected)
    }

    @Test func framingIsWrittenAnew() throws {
        #expect(
            try forwarded("POST / HTTP/1.1\nHost: a\nContent-Length: 007\nExpect: 100-Continue\n")
                == "POST / HTTP/1.1\nHost: a\n" + ours() + "Expect: 100-continue\nContent-Length: 7\n\n")
        #expect(
            try forwarded("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: CHUNKED\n")
                == "POST / HTTP/1.1\nHost: a\n" + ours() + "Transfer-Encoding: chunked\n\n")
        #expect(
            try forwarded("GET / HTTP/1.1\nHost: a\nExpect: 100-continue\n")
                == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test(arguments: ["", ",", " ,, \t,", ";,;"])
    func aTrustedListWithoutMembersIsNone(_ value: String) throws {
        let names =
            ["Proto", "Host", "Port"].map { "X-Forwarded-\($0)" } + [
                "X-Real-IP", "Forwarded", "X-Request-ID", "CDN-Loop",
            ]
        let fields = names.map { "\($0): \(value)\n" }.joined()
        #expect(
            try forwarded("GET / HTTP/1.1\nHost: a\n" + fields, from: Self.friend)
                == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test func aWishForAnotherProtocolGoesOnWhenItIsGranted() throws {
        let head = "GET / HTTP/1.1\nHost: a\nConnection: Upgrade, X-Secret\nUpgrade: websocket\nX-Secret: 1\n"
        #expect(
            try forwarded(head, protocols: ["websocket"]) == "GET / HTTP/1.1\nHost: a\n" + ours()
                + "Connection: upgrade\nUpgrade: websocket\n\n")
        #expect(try forwarded(head) == "GET / HTTP/1.1\nHost: a\n" + ours() + "\n")
    }

    @Test func eachRequestHasAnIdentifierOfItsOwn() {
        let identifiers = RequestIdentifiers()
        var seen: Set<String> = []
        for _ in 0..<100 {
            var writer = ByteWriter()
            identifiers.write(into: &writer)
            seen.insert(
                writer.withSpan { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) })
        }
        #expect(seen.count == 100)
    }

    // MARK: Answers

    @Test func anAnswerLosesWhatSpeaksOfOneConnection() throws {
        let head = """
            HTTP/1.0 200 Very OK
            Server: x
            Connection: keep-alive, X-Secret
            Keep-Alive: timeout=5
            Proxy-Authenticate: Basic
            X-Secret: 1
            Set-Cookie:a=1
            Set-Cookie: b=2
            Content-Length: 2

            """
        #expect(
            try answered(head, .length(2, .goesOn))
                == "HTTP/1.1 200 Very OK\nServer: x\nSet-Cookie: a=1\nSet-Cookie: b=2\nContent-Length: 2\n\n")
    }

    @Test func eachFramingIsWrittenInItsWay() throws {
        let head = "HTTP/1.1 200 OK\n"
        #expect(
            try answered(head, .length(0, .close)) == head + "Content-Length: 0\nConnection: close\n\n")
        #expect(
            try answered(head, .chunked(.goesOn)) == head + "Transfer-Encoding: chunked\n\n")
        #expect(try answered(head, .untilClose) == head + "Connection: close\n\n")
        #expect(
            try answered(head, .none(declared: nil, .keepAlive)) == head + "Connection: keep-alive\n\n")
        #expect(
            try answered(head, .none(declared: 7, .goesOn)) == head + "Content-Length: 7\n\n")
        #expect(
            try answered("HTTP/1.1 103 Early Hints\nLink: a\n", .interim)
                == "HTTP/1.1 103 Early Hints\nLink: a\n\n")
        #expect(
            try answered("HTTP/1.1 101 Switching\nUpgrade: echo\nConnection: upgrade\n", .tunnel)
                == "HTTP/1.1 101 Switching\nConnection: upgrade\nUpgrade: echo\n\n")
    }

    @Test func anOfferOfProtocolsHasOneConnectionField() throws {
        let head = "HTTP/1.1 426 Upgrade Required\nUpgrade: a\nUpgrade: b\n"
        let options: [(ConnectionOption, String)] = [
            (.goesOn, "upgrade"), (.keepAlive, "keep-alive, upgrade"), (.close, "close, upgrade"),
        ]
        for (option, value) in options {
            #expect(
                try answered(head, .length(0, option))
                    == "HTTP/1.1 426 Upgrade Required\nContent-Length: 0\nConnection: \(value)\n"
                    + "Upgrade: a\nUpgrade: b\n\n")
        }
        #expect(
            try answered("HTTP/1.1 426 Upgrade Required\n", .length(0, .close))
                == "HTTP/1.1 426 Upgrade Required\nContent-Length: 0\nConnection: close\n\n")
    }

    // MARK: Ours

    private func refused(_ reason: ExchangeReason, asJSON: Bool = false, toHead: Bool = false) -> String {
        var writer = ByteWriter()
        ErrorAnswer.write(reason, asJSON: asJSON, toHead: toHead, connection: .close, into: &writer)
        return writer.withSpan { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
            .replacing("\r\n", with: "\n")
    }

    @Test func aRefusalNamesItsReason() {
        let body = "503 Service Unavailable: no_server_eligible: every server is disabled or draining\n"
        let head = """
            HTTP/1.1 503 Service Unavailable
            Content-Type: text/plain; charset=utf-8
            Content-Length: \(body.utf8.count)
            Retry-After: 1
            Connection: close


            """
        #expect(refused(.noServerEligible) == head + body)
        #expect(refused(.noServerEligible, toHead: true) == head)
    }

    @Test func aRefusalSpeaksJSONToWhoWantsIt() {
        let body =
            "{\"status\":502,\"reason\":\"bad_response\",\"detail\":\"the server's answer breaks a rule of HTTP or a limit\"}\n"
        let head = """
            HTTP/1.1 502 Bad Gateway
            Content-Type: application/json
            Content-Length: \(body.utf8.count)
            Connection: close


            """
        #expect(refused(.badResponse, asJSON: true) == head + body)
    }

    @Test func aMethodThatIsRefusedIsToldTheOthers() {
        #expect(refused(.violation(.connectRefused)).contains("\nAllow: GET, HEAD, POST, "))
    }
}
