import Glibc
import Sockets
import Testing

/// Two connected Unix stream sockets that do not block: what one end writes can be read at once.
package struct SocketPair: ~Copyable {
    package let near: FileDescriptor
    package let far: FileDescriptor

    package init() throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        near = FileDescriptor(owning: ends[0])
        far = FileDescriptor(owning: ends[1])
    }
}

/// Writes so many bytes, or as many as fit.
@discardableResult
package func send(_ count: Int, to number: Int32) -> Int {
    let bytes = [UInt8](repeating: 7, count: count)
    return Glibc.send(number, bytes, count, Int32(MSG_NOSIGNAL))
}

/// Takes everything that can be read.
@discardableResult
package func drain(_ number: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var total = 0
    while true {
        let count = recv(number, &bytes, bytes.count, 0)
        guard count > 0 else { return total }
        total += count
    }
}

/// Writes until the kernel takes no more.
package func fill(_ number: Int32) {
    while send(65_536, to: number) > 0 {}
}
