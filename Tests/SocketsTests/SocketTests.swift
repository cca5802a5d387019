import Glibc
import Testing

@testable import Sockets

@Suite struct SocketTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func connection(_ kind: Kind) throws -> Connection {
        switch kind {
        case .ipv4: try Connection(to: .anyLoopbackPort)
        case .ipv6: try Connection(to: .anyLoopback6Port)
        case .unix: try Connection(to: directory.endpoint("socket"))
        }
    }

    enum Kind: CaseIterable {
        case ipv4, ipv6, unix
    }

    @Test(arguments: Kind.allCases)
    func bytesGoBothWays(kind: Kind) throws {
        let connection = try connection(kind)
        try send(Array("ping".utf8), from: connection.client, to: connection.server)
        try send(Array("pong".utf8), from: connection.server, to: connection.client)
    }

    @Test(arguments: Kind.allCases)
    func readingWhatHasNotComeWouldBlock(kind: Kind) throws {
        let connection = try connection(kind)
        var buffer = Buffer(capacity: 16)
        #expect(connection.server.read(into: &buffer) == .wouldBlock)
        #expect(buffer.count == 0)
    }

    @Test func aReadTakesNoMoreThanTheBufferHasRoomFor() throws {
        let connection = try connection(.unix)
        var sent = Buffer(holding: [1, 2, 3, 4, 5])
        #expect(connection.client.write(from: &sent) == .moved(5))
        var buffer = Buffer(capacity: 3)
        #expect(connection.server.read(into: &buffer) == .moved(3))
        #expect(buffer.bytes == [1, 2, 3])
        buffer.removeAll()
        #expect(connection.server.read(into: &buffer) == .moved(2))
        #expect(buffer.bytes == [4, 5])
    }

    @Test func aPeerThatDoesNotReadStopsTheWriter() throws {
        let connection = try connection(.unix)
        var buffer = Buffer(holding: [UInt8](repeating: 1, count: 100_000))
        var moved = 0
        var result = connection.client.write(from: &buffer)
        while case .moved(let count) = result {
            moved += count
            if buffer.isEmpty { buffer.append([UInt8](repeating: 1, count: 100_000)) }
            result = connection.client.write(from: &buffer)
        }
        #expect(result == .wouldBlock)
        #expect(buffer.count > 0)
        // What the kernel took, and nothing else, arrives.
        var received = 0
        var sink = Buffer(capacity: 65_536)
        while case .moved(let count) = connection.server.read(into: &sink) {
            received += count
            sink.removeAll()
        }
        #expect(received == moved)
    }

    @Test(arguments: Kind.allCases)
    func halfACloseEndsOneDirectionAndLeavesTheOther(kind: Kind) throws {
        let connection = try connection(kind)
        var last = Buffer(holding: [9])
        #expect(connection.client.write(from: &last) == .moved(1))
        connection.client.finishWriting()
        #expect(waits(for: POLLIN, on: connection.server.number))
        var buffer = Buffer(capacity: 16)
        #expect(connection.server.read(into: &buffer) == .moved(1))
        #expect(connection.server.read(into: &buffer) == .ended)
        #expect(connection.server.read(into: &buffer) == .ended)
        try send(Array("still here".utf8), from: connection.server, to: connection.client)
        var tooLate = Buffer(holding: [1])
        #expect(connection.client.write(from: &tooLate) == .failed(SystemError(code: EPIPE)))
        #expect(tooLate.count == 1)
    }

    @Test(arguments: [Kind.ipv4, .ipv6])
    func aResetBreaksThePeersReadsAndWrites(kind: Kind) throws {
        let connection = try connection(kind)
        let server = try cut(connection)
        #expect(waits(for: POLLIN, on: server.number))
        var buffer = Buffer(capacity: 16)
        #expect(server.read(into: &buffer) == .failed(SystemError(code: ECONNRESET)))
        var more = Buffer(holding: [1])
        #expect(server.write(from: &more) == .failed(SystemError(code: EPIPE)))
        #expect(server.peerAddress == nil)
    }

    @Test func connectingToAClosedPortIsRefused() throws {
        let address = try closedPort()
        let error: SystemError?
        do {
            let socket = try Socket.connect(to: address)
            #expect(waits(for: POLLOUT, on: socket.number))
            error = socket.pendingError()
            #expect(socket.pendingError() == nil, "the error is taken")
        } catch {
            Issue.record("the loopback answers later")
            return
        }
        #expect(error == SystemError(code: ECONNREFUSED))
    }

    @Test func connectingToAUnixSocketThatIsNotThereSaysSoAtOnce() throws {
        let address = try directory.endpoint("missing").resolve()
        #expect(throws: SystemError(code: ENOENT)) { _ = try Socket.connect(to: address) }
    }

    @Test func aFailedConnectLeavesNoDescriptorBehind() throws {
        let address = try directory.endpoint("missing").resolve()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        let tries = min(Int(clamping: limit.rlim_cur), 20_000) + 10
        let failures = (0..<tries).count { _ in
            do throws(SystemError) {
                _ = try Socket.connect(to: address)
                return false
            } catch {
                return error.code == ENOENT
            }
        }
        #expect(failures == tries)
    }

    @Test func thePeersAddressIsTheOneThatWasConnectedTo() throws {
        let listening = try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve())
        let client = try Socket.connect(to: listening.address)
        _ = try listening.acceptOne()
        #expect(client.peerAddress?.description == listening.address.description)
    }

    /// Writes from one end and reads the same from the other.
    private func send(_ bytes: [UInt8], from sender: borrowing Socket, to receiver: borrowing Socket) throws {
        var sent = Buffer(holding: bytes)
        #expect(sender.write(from: &sent) == .moved(bytes.count))
        #expect(sent.count == 0)
        try #require(waits(for: POLLIN, on: receiver.number))
        var received = Buffer(capacity: bytes.count)
        #expect(receiver.read(into: &received) == .moved(bytes.count))
        #expect(received.bytes == bytes)
    }

    /// Resets the client's end and answers the server's.
    private func cut(_ connection: consuming Connection) throws -> Socket {
        connection.client.resetOnClose()
        return connection.takeServer()
    }

    /// A port that was free a moment ago.
    private func closedPort() throws -> SocketAddress {
        try ListeningSocket.listen(on: try Endpoint.anyLoopbackPort.resolve()).address
    }
}
