import Glibc

/// A queue of bytes of fixed capacity: sockets append at its end and take from its front.
///
/// It owns its memory and checks its bounds, so that the modules above move bytes without touching a
/// pointer.
public struct Buffer: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    /// How many bytes fit, at most 4 GiB.
    public var capacity: Int { Int(size) }
    private let size: UInt32
    private var front: UInt32 = 0
    private var end: UInt32 = 0

    /// Allocates a buffer.
    ///
    /// - Precondition: `capacity` is from 1 to 4,294,967,295 bytes.
    public init(capacity: Int) {
        size = UInt32(capacity)
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    /// Takes over memory of that capacity, as ``surrenderMemory()`` gave it.
    init(memory: UnsafeMutableRawPointer, capacity: Int) {
        self.memory = memory
        size = UInt32(capacity)
    }

    /// Ends this buffer but keeps its memory for another.
    consuming func surrenderMemory() -> UnsafeMutableRawPointer {
        let memory = memory
        discard self
        return memory
    }

    /// Appends as many of another buffer's waiting bytes as fit, which stay there; answers how many did.
    @discardableResult
    public mutating func append(_ other: borrowing Buffer) -> Int {
        let count = min(other.count, room)
        memory.advanced(by: Int(end)).copyMemory(
            from: other.memory.advanced(by: Int(other.front)), byteCount: count)
        end += UInt32(count)
        return count
    }

    /// Appends as many of the bytes as fit; answers how many did.
    @discardableResult
    public mutating func append(_ bytes: Span<UInt8>) -> Int {
        let count = min(bytes.count, room)
        bytes.withUnsafeBytes { source in
            guard count > 0, let start = source.baseAddress else { return }
            memory.advanced(by: Int(end)).copyMemory(from: start, byteCount: count)
        }
        end += UInt32(count)
        return count
    }

    /// How many bytes wait in it.
    public var count: Int { Int(end &- front) }

    /// Whether no byte waits in it.
    public var isEmpty: Bool { front == end }

    /// How many bytes can be appended before something is taken.
    public var room: Int { Int(size &- end) }

    /// Drops all bytes.
    public mutating func removeAll() {
        front = 0
        end = 0
    }

    /// Drops bytes at the front, at most as many as there are.
    public mutating func removeFirst(_ count: Int) {
        front += UInt32(min(max(count, 0), self.count))
        if front == end { removeAll() }
    }

    /// Appends as many of the bytes as fit; answers how many did.
    @discardableResult
    public mutating func append(_ bytes: some Collection<UInt8>) -> Int {
        let fitting = bytes.prefix(room)
        let count = fitting.count
        // In one piece where the collection has its bytes in one: ours is not specialized for the caller's
        // type, and byte by byte each one would cost dozens of calls.
        UnsafeMutableRawBufferPointer(start: memory.advanced(by: Int(end)), count: count)
            .copyBytes(from: fitting)
        end += UInt32(count)
        return count
    }

    /// The waiting bytes as a parser wants them, readable for as long as `body` runs.
    public func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let start = memory.advanced(by: Int(front)).assumingMemoryBound(to: UInt8.self)
        return body(UnsafeBufferPointer(start: start, count: count).span)
    }

    /// A copy of some of the waiting bytes.
    ///
    /// - Precondition: there are as many.
    public func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.upperBound <= count, "a buffer has no such bytes")
        let start = memory.advanced(by: Int(front) + range.lowerBound)
        return [UInt8](UnsafeRawBufferPointer(start: start, count: range.count))
    }

    /// Moves the waiting bytes to the start, so that all free space can be appended to: for a reader that
    /// needs a message's head in one piece. It copies ``count`` bytes, unless they lie there already.
    public mutating func compact() {
        guard front > 0 else { return }
        memory.copyMemory(from: memory.advanced(by: Int(front)), byteCount: count)
        end -= front
        front = 0
    }

    /// Hands the free part to `fill`, which answers how many bytes it wrote there or an error.
    mutating func appending(atMost limit: Int, _ fill: (UnsafeMutableRawPointer, Int) -> Int) -> Int {
        let written = fill(memory.advanced(by: Int(end)), min(room, limit))
        if written > 0 { end += UInt32(min(written, room)) }
        return written
    }

    /// Hands the waiting bytes from `offset` on to `look`, and keeps them.
    func peeking(from offset: Int, _ look: (UnsafeRawPointer, Int) -> Int) -> Int {
        let skipped = min(max(offset, 0), count)
        return look(memory.advanced(by: Int(front) + skipped), count - skipped)
    }

    /// Hands the waiting bytes to `drain`, which answers how many it took or an error.
    mutating func removing(_ drain: (UnsafeRawPointer, Int) -> Int) -> Int {
        let taken = drain(memory.advanced(by: Int(front)), count)
        removeFirst(taken)
        return taken
    }
}
