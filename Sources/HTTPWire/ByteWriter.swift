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
        var room = all._mutatingExtracting(start..<start &+ size)
        Self.copy(bytes, into: &room)
        count &+= size
    }

    /// Writes these bytes and ends the line behind them.
    mutating func writeLine(_ bytes: Span<UInt8>) {
        let size = bytes.count
        let start = count
        reserve(size &+ 2)
        var all = storage.mutableSpan
        var room = all._mutatingExtracting(start..<start &+ size &+ 2)
        Self.copy(bytes, into: &room)
        room[size] = ByteClass.carriageReturn
        room[size &+ 1] = ByteClass.lineFeed
        count &+= size &+ 2
    }

    /// Copies bytes to where there is room for them, a machine word at a time. What is written is short: the
    /// loop over bytes, which the compiler turns into vectors, spends most of its time on the last bytes that
    /// fill none. Here the last word overlaps the one before.
    @inline(__always) private static func copy(_ bytes: Span<UInt8>, into room: inout MutableSpan<UInt8>) {
        let size = bytes.count
        guard size >= 8 else {
            for index in 0..<size { room[index] = bytes[index] }
            return
        }
        var index = 0
        while index < size &- 8 {
            ByteWord(bytes, index).store(into: &room, at: index)
            index &+= 8
        }
        ByteWord(bytes, size &- 8).store(into: &room, at: size &- 8)
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
        let size = max(1, 16 &- number.leadingZeroBitCount / 4)
        let start = count
        reserve(size)
        var all = storage.mutableSpan
        var room = all._mutatingExtracting(start..<start &+ size)
        var rest = number
        for index in (0..<size).reversed() {
            let digit = UInt8(truncatingIfNeeded: rest) & 0xf
            room[index] = digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10
            rest = rest &>> 4
        }
        count &+= size
    }

    /// Grows to twice the size or more, so that growing costs a constant time per byte.
    private mutating func reserve(_ size: Int) {
        guard storage.count &- count < size else { return }
        let room = max(storage.count, size)
        storage.append(contentsOf: repeatElement(0, count: room))
    }
}
