import Glibc

/// Standard output and standard error for what a command has to say to its user, written at once and whole.
///
/// While the balancer runs, lines go through ``LogSink``, which never waits.
public enum StandardStream {
    /// What was asked for.
    public static let output = StandardOutput()
    /// What went wrong.
    public static let error = StandardError()

    /// Puts something else in the place of standard streams that are closed, before the process opens a descriptor of
    /// its own: it would get the number of one, and what is printed would go there. Reading and writing fail as before
    /// (EBADF), but for standard error, whose failure nobody could be told of.
    public static func fillGaps() {
        let modes = [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        for (number, mode) in modes where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free.
            _ = open("/dev/null", mode)
        }
    }

    /// Writes all of a text.
    ///
    /// - Returns: why not; nil when it is written.
    fileprivate static func write(_ text: String, to number: Int32) -> OutputError? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Somebody else's process has made the pipe non-blocking.
                var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = poll(&room, 1, -1)
            } else if errno != EINTR {
                return OutputError(code: errno)
            }
        }
        return nil
    }
}

/// Standard output: a command that cannot say what it was asked for has failed.
public struct StandardOutput: Sendable {
    /// Writes a text.
    ///
    /// - Throws: ``OutputError`` when not all of it could be written.
    public func write(_ text: String) throws(OutputError) {
        if let error = StandardStream.write(text, to: STDOUT_FILENO) { throw error }
    }

    /// Throws what a write would, if the reader of the pipe or the socket has left: there may be nothing to write for a
    /// long time. It never waits.
    ///
    /// - Throws: ``OutputError``.
    public func checkReader() throws(OutputError) {
        // POLLERR and POLLHUP are told unasked.
        var state = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        guard poll(&state, 1, 0) == 1 else { return }
        throw OutputError(code: EPIPE)
    }
}

/// Standard error: when it cannot be written, there is nobody left to tell.
public struct StandardError: Sendable {
    /// Writes a text, if somebody reads it.
    public func write(_ text: String) {
        _ = StandardStream.write(text, to: STDERR_FILENO)
    }
}

/// Why standard output took no more.
public struct OutputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system's number, such as `ENOSPC`.
    let code: Int32

    /// The whole message, in one line.
    public var description: String { "cannot write to standard output: \(systemWords(code))" }
}

/// The system's words for an error number, in lower case, to stand in the middle of a message.
func systemWords(_ code: Int32) -> String {
    let text = String(cString: strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
}
