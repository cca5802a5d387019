import Sockets

/// Bytes on their way to a client. Short ones are joined, so that one write sends them; long ones, which other clients
/// may get too, are not copied.
struct Output {
    /// What is shorter is copied behind the bytes before it. A system call costs about as much as copying this.
    private static let joined = 16_384

    private var parts: [[UInt8]] = []
    /// How much of the first part is sent.
    private var sent = 0
    /// Bytes that wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if let last = parts.indices.last, parts[last].count + bytes.count <= Self.joined {
            parts[last] += bytes
        } else {
            parts.append(bytes)
        }
    }

    /// Writes once, at most so many bytes.
    ///
    /// - Precondition: there are some, and the limit is not 0.
    mutating func write(to socket: borrowing Socket, atMost limit: Int) -> IOResult {
        let first = parts[0]
        let result = socket.write(first.span.extracting(sent..<min(first.count, sent + limit)))
        guard case .moved(let moved) = result else { return result }
        sent += moved
        count -= moved
        if sent == first.count {
            parts.removeFirst()
            sent = 0
        }
        return result
    }
}
