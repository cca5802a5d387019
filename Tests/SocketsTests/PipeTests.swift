import Glibc
import Testing

@testable import Sockets

/// Pipes between sockets, and the pool that lends them.
@Suite struct PipeTests {
    private let pool = PipePool(capacity: 64 * 1024, limit: 2, spareLimit: 1)

    init() {
        // splice(2) raises it where send(2) is told not to.
        signal(SIGPIPE, SIG_IGN)
    }

    private struct Pair: ~Copyable {
        let near: Socket
        var far: Socket
    }

    private func pair() throws -> Pair {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        return Pair(near: Socket(owning: ends[0]), far: Socket(owning: ends[1]))
    }

    private func say(_ text: String, on socket: borrowing Socket) {
        var buffer = Buffer(capacity: 1024)
        buffer.append(text.utf8)
        #expect(socket.write(from: &buffer) == .moved(text.utf8.count))
    }

    private func heard(on socket: borrowing Socket) -> String {
        var buffer = Buffer(capacity: 1024)
        guard case .moved = socket.read(into: &buffer) else { return "" }
        return buffer.withSpan { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }

    @Test func bytesGoThroughInOrderAndAreCounted() throws {
        let pipe = try #require(pool.take())
        let incoming = try pair()
        let outgoing = try pair()
        #expect(pipe.fill(from: incoming.near) == .wouldBlock)
        say("one", on: incoming.far)
        say("two", on: incoming.far)
        #expect(pipe.fill(from: incoming.near, atMost: 4) == .moved(4))
        #expect(!pipe.isEmpty)
        #expect(pipe.drain(into: outgoing.near) == .moved(4))
        #expect(pipe.isEmpty)
        #expect(heard(on: outgoing.far) == "onet")
        #expect(pipe.fill(from: incoming.near) == .moved(2))
        #expect(pipe.drain(into: outgoing.near) == .moved(2))
        #expect(heard(on: outgoing.far) == "wo")
    }

    @Test func theStreamsEndAndABrokenSinkAreTold() throws {
        let pipe = try #require(pool.take())
        let incoming = try pair()
        var outgoing = try pair()
        say("lost", on: incoming.far)
        incoming.far.finishWriting()
        #expect(pipe.fill(from: incoming.near) == .moved(4))
        outgoing.far = .none
        #expect(pipe.drain(into: outgoing.near) == .failed(SystemError(code: EPIPE)))
        pool.give(pipe)
        let other = try #require(pool.take())
        #expect(other !== pipe && other.isEmpty, "a pipe with bytes in it is not lent again")
        #expect(other.fill(from: incoming.near) == .ended)
    }

    @Test func aBoundedNumberIsLent() throws {
        let first = try #require(pool.take())
        var second = pool.take()
        #expect(second != nil)
        #expect(pool.take() == nil)
        second = nil
        #expect(pool.open == 1, "a pipe that dies makes room")
        pool.give(first)
        #expect(pool.take() === first)
    }
}
