import Glibc

/// Standard output and standard error for what a command has to say to its user, written at once and whole.
///
/// While the balancer runs, lines go through ``LogSink``, which never waits.
public enum StandardStream: Sendable {
    /// What was asked for.
    case output
    /// What went wrong.
    case error

    /// Writes a text; a reader that is gone is no reason to fail.
    public func write(_ text: String) {
        let number = self == .output ? STDOUT_FILENO : STDERR_FILENO
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(written, 0))
        }
    }
}
