/// Eight bytes of a message in a machine word, the first one lowest, so that a loop takes eight bytes at
/// a time: a long value costs a fifth of what it costs byte by byte.
///
/// The tests for single bytes give a word with the top bit of each byte that passes. Above the first
/// such bit others may be wrong, since borrows travel upwards: only the first is to be used. They are
/// Alan Mycroft's, as told in "Bit Twiddling Hacks" (S. E. Anderson).
struct ByteWord: Equatable {
    let bits: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// `HTTP/1.1`, what nearly every message says.
    static let currentVersion = ByteWord(bits: 0x312e_312f_5054_5448)

    private init(bits: UInt64) { self.bits = bits }

    /// The bytes from `index` on, or nil when there are fewer than eight.
    @inline(__always) init?(_ bytes: Span<UInt8>, at index: Int) {
        guard let word = bytes.load(at: index, as: UInt64.self) else { return nil }
        bits = UInt64(littleEndian: word)
    }

    /// The bytes from `index` on. It traps when there are fewer than eight.
    @inline(__always) init(_ bytes: Span<UInt8>, _ index: Int) {
        guard let word = bytes.load(at: index, as: UInt64.self) else { preconditionFailure("eight bytes") }
        bits = UInt64(littleEndian: word)
    }

    /// Writes the bytes from `index` on. It traps unless there is room for all eight.
    @inline(__always) func store(into bytes: inout MutableSpan<UInt8>, at index: Int) {
        bytes.store(bits.littleEndian, at: index)
    }

    /// The first byte that is no text, as `ByteClass.isText` has it, except that a tab is found too.
    @inline(__always) var firstControl: Int? {
        Self.first(below(0x20) | equal(0x7f))
    }

    /// The first byte that may not stand in a target, as `ByteClass.isTarget` has it.
    @inline(__always) var firstOutsideTarget: Int? {
        Self.first(below(0x21) | equal(0x7f) | equal(UInt8(ascii: "#")) | bits & Self.tops)
    }

    @inline(__always) var firstComma: Int? { Self.first(equal(UInt8(ascii: ","))) }

    /// The first byte that is neither a letter nor a hyphen: most names of fields hold nothing else.
    @inline(__always) var firstOutsideName: Int? {
        let letters = Self.within(bits | Self.ones &* 0x20, UInt8(ascii: "a"), UInt8(ascii: "z"))
        let hyphens = Self.within(bits, UInt8(ascii: "-"), UInt8(ascii: "-"))
        return Self.first(~(letters | hyphens) & Self.tops)
    }

    /// Bytes from `low` to `high`, both below 0x80. This one is exact in every byte: no sum carries.
    @inline(__always) private static func within(_ bits: UInt64, _ low: UInt8, _ high: UInt8) -> UInt64 {
        let sevens = bits & ~tops
        let fromLow = sevens &+ ones &* UInt64(0x80 - low)
        let aboveHigh = sevens &+ ones &* UInt64(0x7f - high)
        return (fromLow ^ aboveHigh) & ~bits & tops
    }

    /// Bytes below a bound of at most 0x80.
    @inline(__always) private func below(_ bound: UInt8) -> UInt64 {
        (bits &- Self.ones &* UInt64(bound)) & ~bits & Self.tops
    }

    @inline(__always) private func equal(_ byte: UInt8) -> UInt64 {
        let difference = bits ^ Self.ones &* UInt64(byte)
        return (difference &- Self.ones) & ~difference & Self.tops
    }

    /// A word with another byte in the place of each that is `byte`.
    @inline(__always) static func replacing(_ byte: UInt8, by other: UInt8, in word: UInt64) -> UInt64 {
        word ^ (within(word, byte, byte) &>> 7) &* UInt64(byte ^ other)
    }

    @inline(__always) private static func first(_ found: UInt64) -> Int? {
        found == 0 ? nil : found.trailingZeroBitCount &>> 3
    }
}

/// What any bits are a value of, so that bytes may be read as one.
protocol PlainBits: BitwiseCopyable {}
extension UInt64: PlainBits {}
extension SIMD16: PlainBits where Scalar == UInt8 {}

extension Span<UInt8> {
    /// A machine word or a vector, made of the bytes from `index` on, aligned or not; nil when there are too few.
    ///
    /// The one unsafe expression of this module. It is sound: a word may begin at so many places of the span, and
    /// `index`, which as an unsigned number is a huge one when it is negative, is one of them; and a word may have any
    /// bits. Put together from single bytes, it costs a check for each, which the compiler does not join.
    @inline(__always) func load<Word: PlainBits>(at index: Int, as type: Word.Type) -> Word? {
        let places = max(0, count &- MemoryLayout<Word>.size &+ 1)
        guard UInt(bitPattern: index) < UInt(bitPattern: places) else { return nil }
        return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: type)
    }
}

extension MutableSpan<UInt8> {
    /// Writes a word's bytes from `index` on. It traps unless there is room for all of them.
    @inline(__always) mutating func store<Word: PlainBits>(_ word: Word, at index: Int) {
        var raw = MutableRawSpan(_elements: &self)
        raw.storeBytes(of: word, toByteOffset: index, as: Word.self)
    }
}
