import CSystem
import Glibc

/// A pipe, through which bytes go from one socket to another without being copied (splice(2)).
///
/// The process must ignore SIGPIPE: unlike send(2), splice(2) cannot be told not to raise it.
public final class Pipe {
    private let exit: FileDescriptor
    private let entry: FileDescriptor
    private let permit: PipePool.Permit
    /// What it may hold at most. How much it does hold depends on the pieces that bytes come in.
    private let capacity: Int
    /// How many bytes wait in it.
    private(set) var count = 0

    /// Whether no byte waits in it.
    public var isEmpty: Bool { count == 0 }

    /// Makes a pipe; nil when the system has no descriptor or memory for it.
    init?(capacity: Int, permit: PipePool.Permit) {
        var ends: [Int32] = [-1, -1]
        guard evenkeel_pipe(&ends) == 0 else { return nil }
        exit = FileDescriptor(owning: ends[0])
        entry = FileDescriptor(owning: ends[1])
        self.permit = permit
        self.capacity = capacity
        // Where the kernel refuses, because this user has many large pipes already (pipe(7)), it holds less.
        _ = evenkeel_set_pipe_capacity(ends[1], Int32(capacity))
    }

    /// Moves what the socket has received into the pipe, at most `limit` bytes.
    ///
    /// - Precondition: the pipe is empty, and the limit is not 0.
    public func fill(from socket: borrowing Socket, atMost limit: Int = .max) -> IOResult {
        assert(isEmpty && limit > 0, "a full pipe looks like a socket without bytes")
        let result = Self.move(from: socket.number, to: entry.number, atMost: min(limit, capacity))
        if case .moved(let size) = result { count = size }
        return result
    }

    /// Moves what waits into the socket until all is gone or the socket takes no more.
    ///
    /// - Precondition: the pipe is not empty.
    public func drain(into socket: borrowing Socket) -> IOResult {
        var total = 0
        while count > 0 {
            switch Self.move(from: exit.number, to: socket.number, atMost: count) {
            case .moved(let size):
                count -= size
                total += size
            case .wouldBlock, .ended:
                return total > 0 ? .moved(total) : .wouldBlock
            case .failed(let error):
                return .failed(error)
            }
        }
        return .moved(total)
    }

    private static func move(from source: Int32, to sink: Int32, atMost limit: Int) -> IOResult {
        while true {
            let size = evenkeel_splice(source, sink, limit)
            if size > 0 { return .moved(size) }
            if size == 0 { return .ended }
            if errno == EAGAIN { return .wouldBlock }
            if errno != EINTR { return .failed(.last) }
        }
    }
}
