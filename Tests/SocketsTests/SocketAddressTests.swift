import Glibc
import Testing

@testable import Sockets

@Suite struct SocketAddressTests {
    @Test(arguments: [
        "127.0.0.1:8080", "0.0.0.0:0", "[::1]:8080", "[2001:db8::1]:443", "[::ffff:127.0.0.1]:80",
        "unix:/run/web.sock",
    ])
    func anAddressIsWrittenAsItsEndpoint(text: String) throws {
        #expect(try Endpoint(text).resolve().description == text)
    }

    @Test func localhostResolvesToIPv4First() throws {
        #expect(try Endpoint("localhost:80").resolve().description == "127.0.0.1:80")
    }

    @Test func onlyIPv4AddressesSayThatTheyAre() throws {
        #expect(try Endpoint("127.0.0.1:1").resolve().isIPv4)
        #expect(try !Endpoint("[::1]:1").resolve().isIPv4)
        #expect(try !Endpoint("unix:/x").resolve().isIPv4)
    }

    @Test func aNameThatDoesNotExistIsAnErrorWithTheSystemsWords() throws {
        // RFC 6761 section 6.4: "invalid" never resolves.
        let endpoint = try Endpoint("no-such-host.invalid:80")
        let error = #expect(throws: ResolutionError.self) { try endpoint.resolve() }
        #expect(error?.endpoint == endpoint)
        #expect(error?.description.hasPrefix("cannot look up \"no-such-host.invalid:80\": ") == true)
    }

    @Test func theLongestUnixPathSurvives() throws {
        let path = "/" + String(repeating: "x", count: Endpoint.longestUnixPath - 1)
        let address = try Endpoint.unix(path: path).resolve()
        #expect(address.unixPath == path)
        #expect(address.description == "unix:" + path)
    }

    @Test func onlyUnixAddressesHaveAPath() throws {
        #expect(try Endpoint("127.0.0.1:1").resolve().unixPath == nil)
    }

    @Test func anUnnamedUnixSocketHasNoPath() throws {
        let directory = try TemporaryDirectory()
        let connection = try Connection(to: directory.endpoint("unnamed"))
        let peer = connection.server.peerAddress
        #expect(peer?.unixPath == nil)
        #expect(peer?.description == "unix:")
    }
}

@Suite struct SystemErrorTests {
    @Test(
        arguments: [
            (ECONNREFUSED, "connection refused"), (EADDRINUSE, "address already in use"),
            (EMFILE, "too many open files"), (ECONNRESET, "connection reset by peer"),
            (12_345, "unknown error 12345"),
        ] as [(Int32, String)])
    func anErrorIsDescribedInTheSystemsWordsInLowerCase(code: Int32, text: String) {
        #expect(SystemError(code: code).description == text)
    }

    @Test func shortagesOfThisMachineAreNotThePeersFault() {
        for code in [EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, ENOMEM] {
            #expect(SystemError(code: code).saysNothingOfPeer)
        }
        #expect(SystemError(code: EAGAIN).saysNothingOfPeer)
        // A way and a permission lack for one peer: it is not used while it cannot be reached.
        let others = [ECONNREFUSED, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, EPIPE, ENETUNREACH, EPERM]
        for code in others {
            #expect(!SystemError(code: code).saysNothingOfPeer)
        }
    }

    @Test(
        arguments: [
            (EMFILE, .descriptors), (ENFILE, .descriptors), (EADDRNOTAVAIL, .ports), (ENOBUFS, .memory),
            (ENOMEM, .memory), (ENETUNREACH, .network), (ENETDOWN, .network), (EPERM, .permission),
            (EACCES, .permission), (ECONNREFUSED, nil), (EHOSTUNREACH, nil),
        ] as [(Int32, Shortage?)])
    func whatThisMachineLacksHasAName(code: Int32, shortage: Shortage?) {
        #expect(SystemError(code: code).shortage == shortage)
    }

    @Test func theQuestionsAboutAnErrorAreAnsweredByItsCode() {
        #expect(SystemError(code: EMFILE).isOutOfDescriptors)
        #expect(SystemError(code: ENFILE).isOutOfDescriptors)
        #expect(!SystemError(code: ENOMEM).isOutOfDescriptors)
        #expect(SystemError(code: ECONNREFUSED).isRefusal)
        #expect(!SystemError(code: ECONNRESET).isRefusal)
        #expect(SystemError(code: EADDRINUSE).isAddressInUse)
        #expect(!SystemError(code: EADDRNOTAVAIL).isAddressInUse)
    }
}
