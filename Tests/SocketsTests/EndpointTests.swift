import Testing

@testable import Sockets

@Suite struct EndpointTests {
    @Test(
        arguments: [
            ("8080", .tcp(host: "127.0.0.1", port: 8080)),
            ("0", .tcp(host: "127.0.0.1", port: 0)),
            ("65535", .tcp(host: "127.0.0.1", port: 65535)),
            ("127.0.0.1:8080", .tcp(host: "127.0.0.1", port: 8080)),
            ("0.0.0.0:0", .tcp(host: "0.0.0.0", port: 0)),
            ("[::1]:8080", .tcp(host: "::1", port: 8080)),
            ("[::]:80", .tcp(host: "::", port: 80)),
            ("[2001:db8::1]:443", .tcp(host: "2001:db8::1", port: 443)),
            ("[::ffff:127.0.0.1]:80", .tcp(host: "::ffff:127.0.0.1", port: 80)),
            ("localhost:80", .tcp(host: "localhost", port: 80)),
            ("web.internal:80", .tcp(host: "web.internal", port: 80)),
            ("my_service:80", .tcp(host: "my_service", port: 80)),
            ("3com.example:80", .tcp(host: "3com.example", port: 80)),
            ("a-b.c:1", .tcp(host: "a-b.c", port: 1)),
            ("example.com.:80", .tcp(host: "example.com.", port: 80)),
            ("localhost.:80", .tcp(host: "localhost.", port: 80)),
            ("unix:/run/web.sock", .unix(path: "/run/web.sock")),
            ("unix:/with space:and colon", .unix(path: "/with space:and colon")),
        ] as [(String, Endpoint)])
    func aGoodTextIsRead(text: String, endpoint: Endpoint) throws {
        #expect(try Endpoint(text) == endpoint)
    }

    @Test(
        arguments: [
            ("", "it is empty"),
            ("web", "the port is missing"),
            ("127.0.0.1", "the port is missing"),
            ("65536", "the port must be a number from 0 to 65535"),
            ("99999999999999999999", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:http", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:-1", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:+80", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:80 ", "the port must be a number from 0 to 65535"),
            ("127.0.0.1:٨٠", "the port must be a number from 0 to 65535"),
            ("[::1]:65536", "the port must be a number from 0 to 65535"),
            ("[::1]:", "the port must be a number from 0 to 65535"),
            ("-1", "the port is missing"),
            (":80", "for all addresses, write 0.0.0.0:80"),
            ("*:80", "for all addresses, write 0.0.0.0:80"),
            (":http", "\"\" is neither an address nor a host name"),
            ("127.0.0.1:80:90", "one colon stands before the port"),
            ("udp:x:1", "one colon stands before the port"),
            ("fe80::1", "an IPv6 address is written [address]:port"),
            ("127.0.0.1:9001/", "an address has no path: write 127.0.0.1:9001"),
            ("x:80/path", "an address has no path: write x:80"),
            ("x/path", "an address has no path: write x:80"),
            ("[::1]:80/", "an address has no path: write [::1]:80"),
            ("me@x:80/path", "an address has no path: write x:80"),
            ("/run/x", "the path of a Unix socket has a word before it: write unix:/run/x"),
            ("user@x:80", "an address has no user: write x:80"),
            ("-127.0.0.1:9001", "a space is missing behind the dash: write - 127.0.0.1:9001"),
            ("256.0.0.1:80", "\"256.0.0.1\" is neither an address nor a host name"),
            ("1.2.3:80", "\"1.2.3\" is neither an address nor a host name"),
            ("-web:80", "a space is missing behind the dash: write - web:80"),
            ("--web:80", "\"--web\" is neither an address nor a host name"),
            ("web-:80", "\"web-\" is neither an address nor a host name"),
            ("web..internal:80", "\"web..internal\" is neither an address nor a host name"),
            ("we b:80", "\"we b\" is neither an address nor a host name"),
            ("wéb:80", "\"wéb\" is neither an address nor a host name"),
            ("web..:80", "\"web..\" is neither an address nor a host name"),
            (".:80", "\".\" is neither an address nor a host name"),
            ("127.0.0.1.:80", "\"127.0.0.1.\" is neither an address nor a host name"),
            ("http://web:80", "an address has no scheme and no path: write web:80"),
            ("http://127.0.0.1:9001", "an address has no scheme and no path: write 127.0.0.1:9001"),
            ("http://127.0.0.1:9001/a?b#c", "an address has no scheme and no path: write 127.0.0.1:9001"),
            ("http://web?x", "an address has no scheme and no path: write web:80"),
            ("https://web/", "an address has no scheme and no path: write web:443"),
            ("http://[::1]", "an address has no scheme and no path: write [::1]:80"),
            ("http://[::1]:81/", "an address has no scheme and no path: write [::1]:81"),
            ("http://me:secret@web:80", "an address has no scheme and no path: write web:80"),
            ("tcp://web:80", "an address has no scheme and no path: write web:80"),
            ("http://", "an address has no scheme and no path: write host:port"),
            ("::1", "an IPv6 address is written [address]:port"),
            ("::1:8080", "an IPv6 address is written [address]:port"),
            ("[::1]", "an IPv6 address is written [address]:port"),
            ("[::1]8080", "an IPv6 address is written [address]:port"),
            ("[::1:8080", "an IPv6 address is written [address]:port"),
            ("[]:80", "\"\" is not an IPv6 address"),
            ("[127.0.0.1]:80", "\"127.0.0.1\" is not an IPv6 address"),
            ("[::g]:80", "\"::g\" is not an IPv6 address"),
            ("[[::1]]:80", "an IPv6 address is written [address]:port"),
            ("00080", "a port has no leading zero; write 80"),
            ("00", "a port has no leading zero; write 0"),
            ("127.0.0.1:08080", "a port has no leading zero; write 8080"),
            ("[::1]:080", "a port has no leading zero; write 80"),
            ("unix://run/x", "the path of a Unix socket starts with one slash: write unix:/run/x"),
            ("unix:///run/x", "the path of a Unix socket starts with one slash: write unix:/run/x"),
            ("unix:", "the path of a Unix socket starts with a slash"),
            ("unix:web.sock", "the path of a Unix socket starts with a slash"),
        ] as [(String, String)])
    func aBadTextIsRefusedWithWhatIsWrong(text: String, problem: String) {
        #expect(throws: EndpointError(text: text, problem: problem)) { try Endpoint(text) }
    }

    /// C calls would read such a text to its zero byte and take the rest for granted.
    @Test func aZeroByteIsRefusedWhereverItStands() {
        let texts = [
            ("127.0.0.1\0:80", "\"127.0.0.1\0\" is neither an address nor a host name"),
            ("127.0.0.1\0.web:80", "\"127.0.0.1\0.web\" is neither an address nor a host name"),
            ("[::1\0]:80", "\"::1\0\" is not an IPv6 address"),
            ("unix:/a\0b", "the path of a Unix socket has no zero byte"),
        ]
        for (text, problem) in texts {
            #expect(throws: EndpointError(text: text, problem: problem)) { try Endpoint(text) }
        }
    }

    @Test func theMessageNamesTheTextTheProblemAndTheForms() {
        let error = EndpointError(text: "web", problem: "the port is missing")
        #expect(
            error.description == "\"web\" is not an address: the port is missing "
                + "(an address is port, host:port, [IPv6]:port or unix:/path)")
    }

    @Test func aUnixPathMayBeAsLongAsTheKernelAllowsAndNoLonger() throws {
        let longest = "/" + String(repeating: "x", count: Endpoint.longestUnixPath - 1)
        #expect(try Endpoint("unix:" + longest) == .unix(path: longest))
        let problem = "the path of a Unix socket has at most 107 bytes"
        let error = EndpointError(text: "unix:" + longest + "x", problem: problem)
        #expect(throws: error) { try Endpoint("unix:" + longest + "x") }
        // Bytes count, not characters.
        #expect(throws: EndpointError.self) { try Endpoint("unix:/" + String(repeating: "é", count: 54)) }
    }

    @Test func aHostNameMayHaveLabelsOf63BytesAnd253InAll() throws {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(try Endpoint(longest + ":1") == .tcp(host: longest, port: 1))
        #expect(try Endpoint(longest + ".:1") == .tcp(host: longest + ".", port: 1))
        #expect(throws: EndpointError.self) { try Endpoint(longest + "a:1") }
        #expect(throws: EndpointError.self) { try Endpoint(label + "a:1") }
    }

    @Test(arguments: ["8080", "127.0.0.1:8080", "[::1]:8080", "web.internal:80", "unix:/run/web.sock"])
    func theDescriptionReadsBackAsTheSameEndpoint(text: String) throws {
        let endpoint = try Endpoint(text)
        #expect(try Endpoint(endpoint.description) == endpoint)
    }

    @Test func theDescriptionIsTheFullForm() throws {
        #expect(try Endpoint("8080").description == "127.0.0.1:8080")
        #expect(try Endpoint("[::1]:80").description == "[::1]:80")
    }
}
