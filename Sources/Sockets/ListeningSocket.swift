import CSystem
import Glibc

/// A socket that accepts connections without blocking. It closes itself, and takes the file of its
/// Unix address away.
public struct ListeningSocket: ~Copyable {
    private let descriptor: FileDescriptor
    /// The file that this socket made, if it is a Unix socket.
    private let file: UnixSocketFile?
    /// Where it really listens: port 0 has become the port that the kernel chose.
    public let address: SocketAddress

    /// How many connections the kernel holds for us; it cuts this to `net.core.somaxconn` (4096).
    public static let backlog: Int32 = 4096

    /// The descriptor's number, for event watches.
    public var number: Int32 { descriptor.number }

    /// Binds and listens.
    ///
    /// An IPv6 wildcard takes IPv4 too, as in HAProxy. The file of a Unix socket that nobody listens
    /// on any more is replaced.
    ///
    /// - Throws: what the system said, mostly that the address is in use or not this machine's.
    public static func listen(on address: SocketAddress) throws(SystemError) -> ListeningSocket {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(address.family, type, 0)
        guard number >= 0 else { throw .last }
        let descriptor = FileDescriptor(owning: number)
        setOptions(number, family: address.family)
        try bind(number, to: address)
        guard Glibc.listen(number, backlog) == 0 else { throw .last }
        let bound = SocketAddress { getsockname(number, $0, $1) } ?? address
        return ListeningSocket(descriptor: descriptor, address: bound)
    }

    private init(descriptor: consuming FileDescriptor, address: SocketAddress) {
        self.descriptor = descriptor
        file = address.unixPath.flatMap(UnixSocketFile.init)
        self.address = address
    }

    deinit {
        file?.removeUnlessReplaced()
    }

    /// Accepted sockets inherit TCP_NODELAY, which saves a call for each connection.
    private static func setOptions(_ number: Int32, family: Int32) {
        let size = socklen_t(MemoryLayout<Int32>.size)
        var one: Int32 = 1
        var zero: Int32 = 0
        guard family != AF_UNIX else { return }
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        if family == AF_INET6 { setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &zero, size) }
    }

    private static func bind(_ number: Int32, to address: SocketAddress) throws(SystemError) {
        if address.withPointer({ Glibc.bind(number, $0, $1) }) == 0 { return }
        let error = SystemError.last
        guard error.isAddressInUse, let file = address.unixPath.flatMap(UnixSocketFile.init),
            isAbandoned(address)
        else { throw error }
        file.remove()
        guard address.withPointer({ Glibc.bind(number, $0, $1) }) == 0 else { throw .last }
    }

    /// Whether a Unix socket's file is left over from a process that is gone.
    private static func isAbandoned(_ address: SocketAddress) -> Bool {
        do {
            _ = try Socket.connect(to: address)
            return false
        } catch {
            return error.isRefusal
        }
    }

    /// What came of an accept.
    public enum Accepted: ~Copyable {
        /// A client's connection, and the address that it comes from.
        case connection(Socket, from: SocketAddress)
        /// Nobody waits.
        case wouldBlock
        /// The client was gone before we came; there may be others.
        case gone
        /// The system refused, mostly for a lack of descriptors.
        case failed(SystemError)
    }

    /// Accepts one connection.
    public func accept() -> Accepted {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        var accepted: Int32 = -1
        let peer = SocketAddress {
            accepted = evenkeel_accept(number, $0, $1, flags)
            return accepted < 0 ? -1 : 0
        }
        if let peer { return .connection(Socket(owning: accepted), from: peer) }
        switch errno {
        case EAGAIN, EWOULDBLOCK: return .wouldBlock
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .failed(.last)
        // accept(2): errors of the new connection itself are passed on here and mean "try again".
        default: return .gone
        }
    }
}
