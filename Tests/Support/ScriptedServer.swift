import Glibc
import Sockets
import Testing

/// A server whose every step a test decides: it accepts when it is told to.
package final class ScriptedServer {
    private var listening: ListeningSocket?
    package let address: SocketAddress
    /// All connections that were accepted, oldest first.
    package private(set) var connections: [Peer] = []

    /// Listens on a port of the IPv4 loopback that the kernel chooses.
    package init() throws {
        let listening = try ListeningSocket.listen(on: Endpoint("127.0.0.1:0").resolve())
        address = listening.address
        self.listening = consume listening
    }

    /// How many connections came so far, those accepted now among them.
    package var count: Int {
        acceptAll()
        return connections.count
    }

    /// The latest connection; nil before the first.
    package var last: Peer? {
        acceptAll()
        return connections.last
    }

    private func acceptAll() {
        while case .connection(let socket, _)? = listening?.accept() { connections.append(Peer(socket)) }
    }

    /// Refuses from now on; what was accepted lives on, what was not is reset.
    package func stopListening() {
        listening = nil
    }
}

/// An address of this machine that is taken but refuses each connection.
package final class RefusingServer {
    private let bound: BoundSocket
    package var address: SocketAddress { bound.address }

    package init() throws {
        bound = try BoundSocket()
    }
}

/// A server that takes no more connections: an attempt gets neither yes nor no.
package final class SilentServer {
    private let bound: BoundSocket
    private let fillers: [Peer]
    package var address: SocketAddress { bound.address }

    package init() throws {
        let bound = try BoundSocket()
        // The kernel queues one for a backlog of 0 (listen(2)), and forgets what comes then.
        try #require(listen(bound.number, 0) == 0)
        fillers = try (0..<4).map { _ in try Peer(connectingTo: bound.address) }
        self.bound = bound
    }
}

/// A socket with a port of the IPv4 loopback, which does not listen.
private final class BoundSocket {
    private let descriptor: FileDescriptor
    let address: SocketAddress

    var number: Int32 { descriptor.number }

    init() throws {
        descriptor = FileDescriptor(
            owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let number = descriptor.number
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 ? getsockname(number, $0, &length) : -1
            }
        }
        try #require(result == 0)
        address = try Endpoint("127.0.0.1:\(UInt16(bigEndian: name.sin_port))").resolve()
    }
}
