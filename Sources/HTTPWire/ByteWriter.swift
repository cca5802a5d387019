/// A buffer for what is sent, which keeps its memory: writing allocates only when a message is larger
/// than any before it.
///
///     writer.clear()
///     writer.writeStatusLine(503, "Service Unavailable")
///     writer.writeField("Content-Length", 0)
///     writer.endHead()
///     writer.withSpan { send($0) }
public struct ByteWriter: ~Copyable, Sendable {
    /// Zeroed bytes beyond `count` are room.
    private var storage: [UInt8]

    /// How many bytes have been written since `clear()`.
    public private(set) var count = 0

    /// A head as most are fits in this without growing.
    public static let usualCapacity = 2048

    /// A writer with room for so many bytes.
    public init(capacity: Int = ByteWriter.usualCapacity) {
        storage = [UInt8](repeating: 0, count: max(capacity, 64))
    }

    /// Lends what has been written. A property cannot: types of one's own may not return a span yet.
    public borrowing func withSpan<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.span.extracting(0..<count))
    }

    /// Forgets what has been written and keeps the memory.
    public mutating func clear() { count = 0 }

    /// Ends the writer and gives what has been written, without a copy.
    public consuming func finish() -> [UInt8] {
        storage.removeLast(storage.count - count)
        return storage
    }

    /// Writes one byte.
    public mutating func write(_ byte: UInt8) {
        append(1) { $0[0] = byte }
    }

    /// Writes these bytes.
    public mutating func write(_ bytes: Span<UInt8>) {
        append(bytes.count) { $0.put(bytes, at: 0) }
    }

    /// Writes a piece of a head.
    public mutating func write(_ bytes: Span<UInt8>, _ range: ByteRange) {
        write(bytes.extracting(range.indices))
    }

    /// Writes a text as UTF-8. Nothing is escaped: a text from outside must be known to be clean.
    public mutating func write(_ text: String) {
        write(text.utf8.span)
    }

    /// Writes a number in lower-case hexadecimal digits.
    public mutating func writeHexadecimal(_ number: UInt64) {
        let size = max(1, 16 &- number.leadingZeroBitCount / 4)
        append(size) { room in
            var rest = number
            for index in (0..<size).reversed() {
                let digit = UInt8(truncatingIfNeeded: rest) & 0xf
                room[index] = digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10
                rest = rest &>> 4
            }
        }
    }

    /// Hands out room for so many bytes, all of which are to be filled. Whatever is written together should be
    /// written by one call: a call asks whether the memory is ours alone and large enough.
    @inline(__always) mutating func append(_ size: Int, _ fill: (inout MutableSpan<UInt8>) -> Void) {
        let start = count
        if storage.count &- start < size { grow(size) }
        var all = storage.mutableSpan
        var room = all._mutatingExtracting(start..<start &+ size)
        fill(&room)
        count = start &+ size
    }

    /// Grows to twice the size or more, so that growing costs a constant time per byte.
    @inline(never) private mutating func grow(_ size: Int) {
        storage.append(contentsOf: repeatElement(0, count: max(storage.count, size)))
    }
}
