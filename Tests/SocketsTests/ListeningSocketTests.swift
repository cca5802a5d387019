import Glibc
import Testing

@testable import Sockets

@Suite struct ListeningSocketTests {
    @Test(arguments: [Endpoint.anyLoopbackPort, .anyLoopback6Port])
    func portZeroBecomesThePortThatTheKernelChose(endpoint: Endpoint) throws {
        let listening = try ListeningSocket.listen(on: try endpoint.resolve())
        let bound = try Endpoint(listening.address.description)
        guard case .tcp(let host, let port) = bound else { return #expect(Bool(false)) }
        #expect(endpoint == .tcp(host: host, port: 0))
        #expect(port != 0)
    }

    @Test func acceptingWithNobodyThereWouldBlock() throws {
        let listening = try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve())
        switch listening.accept() {
        case .wouldBlock: break
        default: Issue.record("nobody had connected")
        }
    }

    @Test func connectionsAreAcceptedOneByOne() throws {
        let listening = try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve())
        let first = try Socket.connect(to: listening.address)
        let second = try Socket.connect(to: listening.address)
        let accepted = (try listening.acceptOne().peerAddress, try listening.acceptOne().peerAddress)
        #expect(accepted.0?.description.hasPrefix("127.0.0.1:") == true)
        #expect(accepted.0?.description != accepted.1?.description)
        withExtendedLifetime(first) {}
        withExtendedLifetime(second) {}
    }

    @Test func acceptedSocketsNeverBlockAreClosedOnExecAndSendAtOnce() throws {
        let connection = try Connection(to: .anyLoopbackPort)
        for number in [connection.client.number, connection.server.number] {
            #expect(fcntl(number, F_GETFL) & O_NONBLOCK != 0)
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
            var noDelay: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, &length)
            #expect(noDelay != 0)
        }
    }

    @Test func anAddressThatIsListenedOnIsRefused() throws {
        let listening = try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve())
        #expect(throws: SystemError(code: EADDRINUSE)) {
            _ = try ListeningSocket.listen(on: listening.address)
        }
    }

    @Test func anAddressThatIsNotThisMachinesIsRefused() throws {
        // RFC 5737: for documentation, never assigned.
        let address = try Endpoint("192.0.2.1:0").resolve()
        #expect(throws: SystemError(code: EADDRNOTAVAIL)) { _ = try ListeningSocket.listen(on: address) }
    }

    @Test func anAddressIsFreeAgainWhenItsSocketIsGone() throws {
        let address: SocketAddress
        do {
            let listening = try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve())
            address = listening.address
            let client = try Socket.connect(to: address)
            _ = try listening.acceptOne()
            withExtendedLifetime(client) {}
        }
        // The accepted connection is in TIME_WAIT, which SO_REUSEADDR passes over.
        let again = try ListeningSocket.listen(on: address)
        #expect(again.address.description == address.description)
    }

    @Test func anIPv6WildcardTakesIPv4Too() throws {
        let listening = try ListeningSocket.listen(on: try Endpoint("[::]:0").resolve())
        guard case .tcp(_, let port) = try Endpoint(listening.address.description) else { return }
        let client = try Socket.connect(to: try Endpoint.tcp(host: "127.0.0.1", port: port).resolve())
        let server = try listening.acceptOne()
        #expect(server.peerAddress?.description.hasPrefix("[::ffff:127.0.0.1]:") == true)
        withExtendedLifetime(client) {}
    }
}

@Suite struct UnixSocketFileTests {
    private let directory: TemporaryDirectory
    private let endpoint: Endpoint
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        endpoint = directory.endpoint("web.sock")
        path = "\(directory.path)/web.sock"
    }

    @Test func theFileIsThereWhileTheSocketListensAndGoneAfterwards() throws {
        do {
            let listening = try ListeningSocket.listen(on: try endpoint.resolve())
            #expect(listening.address.description == "unix:\(path)")
            #expect(exists(path))
        }
        #expect(!exists(path))
    }

    @Test func theFileOfAProcessThatIsGoneIsReplaced() throws {
        try leaveFileBehind()
        let listening = try ListeningSocket.listen(on: try endpoint.resolve())
        let client = try Socket.connect(to: listening.address)
        _ = try listening.acceptOne()
        withExtendedLifetime(client) {}
    }

    @Test func aSocketThatIsListenedOnIsRefusedAndLivesOn() throws {
        let first = try ListeningSocket.listen(on: try endpoint.resolve())
        let address = try endpoint.resolve()
        #expect(throws: SystemError(code: EADDRINUSE)) { _ = try ListeningSocket.listen(on: address) }
        #expect(exists(path))
        _ = try first.acceptOne()
        let client = try Socket.connect(to: address)
        _ = try first.acceptOne()
        withExtendedLifetime(client) {}
    }

    @Test func aFileThatIsNoSocketIsNeverTakenAway() throws {
        let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        #expect(write(file, "precious", 8) == 8)
        close(file)
        let address = try endpoint.resolve()
        #expect(throws: SystemError(code: EADDRINUSE)) { _ = try ListeningSocket.listen(on: address) }
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_size == 8)
    }

    @Test func aLinkIsNeverTakenAway() throws {
        #expect(symlink("\(directory.path)/nowhere", path) == 0)
        let address = try endpoint.resolve()
        #expect(throws: SystemError(code: EADDRINUSE)) { _ = try ListeningSocket.listen(on: address) }
        #expect(exists(path))
    }

    @Test func theFileOfASuccessorIsLeftAlone() throws {
        let successor: ListeningSocket
        do {
            let old = try ListeningSocket.listen(on: try endpoint.resolve())
            #expect(unlink(path) == 0)
            successor = try ListeningSocket.listen(on: try endpoint.resolve())
            withExtendedLifetime(old) {}
        }
        #expect(exists(path))
        let client = try Socket.connect(to: successor.address)
        _ = try successor.acceptOne()
        withExtendedLifetime(client) {}
    }

    @Test func aDirectoryThatDoesNotExistIsAnError() throws {
        let address = try Endpoint.unix(path: "\(directory.path)/missing/web.sock").resolve()
        #expect(throws: SystemError(code: ENOENT)) { _ = try ListeningSocket.listen(on: address) }
    }

    /// Binds and closes without taking the file away, as a killed process does.
    private func leaveFileBehind() throws {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = try endpoint.resolve().withPointer { Glibc.bind(number, $0, $1) }
        #expect(bound == 0)
        close(number)
        #expect(exists(path))
    }
}
