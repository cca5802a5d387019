import Glibc

/// A file descriptor that closes itself.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number, for calls and event watches; valid only while this value lives.
    public let number: Int32

    /// Takes over an open descriptor.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        guard number >= 0 else { return }
        // EINTR must not be retried: Linux has freed the number by then (close(2)).
        close(number)
    }
}
