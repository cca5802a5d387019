import Glibc

/// An error number of the operating system (errno(3)).
public struct SystemError: Error, Equatable, Sendable {
    /// The number, such as `ECONNREFUSED`.
    public let code: Int32

    /// Wraps an error number.
    public init(code: Int32) {
        self.code = code
    }

    /// What the last failed call of this thread left behind.
    static var last: SystemError { SystemError(code: errno) }

    /// The system gives no more memory (ENOMEM).
    public static let outOfMemory = SystemError(code: ENOMEM)

    /// Whether the process or the system has no file descriptor left.
    public var isOutOfDescriptors: Bool { shortage == .descriptors }

    /// Whether the peer refused the connection.
    public var isRefusal: Bool { code == ECONNREFUSED }

    /// Whether nobody listens there, which is known at once: the connection was refused, or there is no such
    /// socket file.
    public var isNobodyThere: Bool { code == ECONNREFUSED || code == ENOENT }

    /// Whether the peer broke a connection that it had taken.
    public var isReset: Bool { code == ECONNRESET }

    /// Whether the call does not know this kind of socket.
    public var isUnsupported: Bool { code == EINVAL || code == EOPNOTSUPP }

    /// Whether it only says that the address is taken.
    public var isAddressInUse: Bool { code == EADDRINUSE }
}

extension SystemError: CustomStringConvertible {
    /// The system's words, in lower case, to stand in the middle of a message.
    public var description: String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
