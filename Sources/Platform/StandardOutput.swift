import Glibc

/// Standard output, written at once: a reader at the other end of a pipe need not wait for a buffer.
public enum StandardOutput {
    /// Writes a text; a reader that is gone is no reason to fail.
    public static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDOUT_FILENO, bytes, bytes.count)
    }
}
