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

    /// Writes one byte.
    public mutating func write(_ byte: UInt8) {
        reserve(1)
        storage[count] = byte
        count &+= 1
    }

    /// Writes these bytes.
    public mutating func write(_ bytes: Span<UInt8>) {
        let size = bytes.count
        let start = count
        reserve(size)
        var all = storage.mutableSpan
        // A span of just that size lets the compiler see that no index is out of bounds, and copy by
        // vectors: half the time of appending to an array.
        var room = all._mutatingExtracting(start..<start &+ size)
        for index in 0..<size { room[index] = bytes[index] }
        count &+= size
    }

    /// Writes a piece of a head.
    public mutating func write(_ bytes: Span<UInt8>, _ range: ByteRange) {
        write(bytes.extracting(range.indices))
    }

    /// Writes a text as UTF-8. Nothing is escaped: a text from outside must be known to be clean.
    public mutating func write(_ text: String) {
        write(text.utf8.span)
    }

    /// Writes a number in decimal digits.
    public mutating func writeDecimal(_ number: UInt64) {
        if number >= 10 { writeDecimal(number / 10) }
        write(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10))
    }

    /// Writes a number in lower-case hexadecimal digits.
    public mutating func writeHexadecimal(_ number: UInt64) {
        var shift = max(0, 60 - number.leadingZeroBitCount / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number &>> UInt64(shift)) & 0xf
            write(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
            shift -= 4
        }
    }

    /// Grows to twice the size or more, so that growing costs a constant time per byte.
    private mutating func reserve(_ size: Int) {
        guard storage.count &- count < size else { return }
        let room = max(storage.count, size)
        storage.append(contentsOf: repeatElement(0, count: room))
    }
}
