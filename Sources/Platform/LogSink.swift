import Glibc
import Synchronization

/// Standard error as a log: whole lines, and never a wait.
///
/// A pipe that nobody empties or a full disk must not stop the balancer, so a line that cannot be
/// written now is dropped and counted; the next one that can says how many were lost.
public final class LogSink: Sendable {
    /// Longer lines are cut: a pipe takes this many bytes in one piece or not at all (PIPE_BUF).
    static let longestLine = 4096

    private let number: Int32
    private let lost = Mutex(0)

    /// The process's standard error.
    public static let standardError = LogSink(number: STDERR_FILENO)

    init(number: Int32) {
        self.number = number
    }

    /// Whether a person watches, who likes colours.
    public var isTerminal: Bool { isatty(number) == 1 }

    /// Writes a line, to which it adds the line end. Callable from any thread.
    public func write(_ line: String) {
        lost.withLock { lost in
            if lost > 0, attempt("(\(lost) log lines were lost: nobody took them)") { lost = 0 }
            if !attempt(line) { lost += 1 }
        }
    }

    private func attempt(_ line: String) -> Bool {
        var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array(line.utf8.prefix(Self.longestLine - 1)) + [UInt8(ascii: "\n")]
        return Glibc.write(number, bytes, bytes.count) == bytes.count
    }
}
