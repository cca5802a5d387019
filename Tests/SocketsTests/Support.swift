import Glibc
import Testing

@testable import Sockets

/// Waits in the kernel until a descriptor can be read or written; false after five seconds.
func waits(for events: Int32, on number: Int32) -> Bool {
    var entry = pollfd(fd: number, events: Int16(events), revents: 0)
    return poll(&entry, 1, 5_000) == 1
}

extension Endpoint {
    /// The IPv4 loopback with a port that the kernel chooses.
    static let anyLoopbackPort = Endpoint.tcp(host: "127.0.0.1", port: 0)
    /// The IPv6 loopback with a port that the kernel chooses.
    static let anyLoopback6Port = Endpoint.tcp(host: "::1", port: 0)
}

/// A directory for the files of Unix sockets, removed with all that is in it.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/evenkeel-sockets-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(directory)
        rmdir(path)
    }

    func endpoint(_ name: String) -> Endpoint { .unix(path: "\(path)/\(name)") }
}

/// Whether anything lies at a path, a dangling link included.
func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

extension ListeningSocket {
    /// Accepts the connection that comes within five seconds.
    func acceptOne(_ location: SourceLocation = #_sourceLocation) throws -> Socket {
        try #require(waits(for: POLLIN, on: number), sourceLocation: location)
        switch accept() {
        case .connection(let socket, _): return socket
        default: throw NothingAccepted()
        }
    }
}

/// A connection was awaited in vain.
struct NothingAccepted: Error {}

/// Both ends of a connection that was made through a listening socket.
struct Connection: ~Copyable {
    let client: Socket
    let server: Socket

    init(to endpoint: Endpoint) throws {
        let listening = try ListeningSocket.listen(on: try endpoint.resolve())
        let client = try Socket.connect(to: listening.address)
        let server = try listening.acceptOne()
        try #require(waits(for: POLLOUT, on: client.number))
        try #require(client.pendingError() == nil)
        self.client = client
        self.server = server
    }

    /// Closes the client's end and answers the server's.
    consuming func takeServer() -> Socket { server }
}

extension Buffer {
    /// A buffer that holds these bytes and has no room for more.
    init(holding bytes: [UInt8]) {
        self.init(capacity: max(bytes.count, 1))
        append(bytes)
    }

    /// The waiting bytes.
    var bytes: [UInt8] {
        withSpan { span in span.indices.map { span[$0] } }
    }
}
