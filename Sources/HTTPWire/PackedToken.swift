/// An ASCII token of at most 24 bytes without regard to case, packed into three machine words: it compares in
/// three instructions where a text would need a loop, and holds no memory.
///
/// Every byte is folded: its bit 0x20 is set. That makes letters lower case and keeps digits and hyphens, of which all
/// tokens that we know consist. What else becomes one of those is a control byte, which heads do not have.
struct PackedToken: Equatable {
    private(set) var low: UInt64 = 0
    private(set) var middle: UInt64 = 0
    private(set) var high: UInt64 = 0
    /// The token's length. Beyond `capacity` the words keep the first bytes only, and the token equals
    /// no known one, since every known one is shorter.
    let count: Int

    static let capacity = 24

    init() { count = 0 }

    /// The token made of a text. Meant for constants.
    init(_ text: String) {
        self.init(text.utf8.span, ByteRange(0, text.utf8.count))
    }

    /// The token in a piece of a message.
    init(_ bytes: Span<UInt8>, _ range: ByteRange) {
        let start = Int(range.start)
        count = range.count
        // One word is loaded for no bytes too.
        let wholeWords = min((max(count, 1) &+ 7) & ~7, Self.capacity)
        guard start &+ wholeWords <= bytes.count else {
            for place in 0..<min(count, Self.capacity) { put(bytes[start &+ place], place) }
            return
        }
        low = Self.word(bytes, start, count)
        if count > 8 { middle = Self.word(bytes, start &+ 8, count &- 8) }
        if count > 16 { high = Self.word(bytes, start &+ 16, count &- 16) }
    }

    /// Whether a piece of a message is this token. False too when the bytes end before whole words can be compared.
    @inline(__always) func matches(wordsOf bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        let start = Int(range.start)
        return count == range.count && start &+ Self.capacity <= bytes.count
            && low == Self.word(bytes, start, count)
            && (count <= 8 || middle == Self.word(bytes, start &+ 8, count &- 8))
            && (count <= 16 || high == Self.word(bytes, start &+ 16, count &- 16))
    }

    /// Eight folded bytes, of which those behind the first `count` are masked away.
    @inline(__always) private static func word(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
        let folded = ByteWord(bytes, start).bits | 0x2020_2020_2020_2020
        return count >= 8 ? folded : folded & ~(~0 &<< UInt64(truncatingIfNeeded: count &* 8))
    }

    private mutating func put(_ byte: UInt8, _ place: Int) {
        let folded = UInt64(byte | 0x20) &<< UInt64(truncatingIfNeeded: (place & 7) &* 8)
        switch place &>> 3 {
        case 0: low |= folded
        case 1: middle |= folded
        default: high |= folded
        }
    }

    /// Whether the token begins with another, of at most ``capacity`` bytes.
    func begins(with prefix: PackedToken) -> Bool {
        count >= prefix.count
            && (low ^ prefix.low) & Self.mask(prefix.count) == 0
            && (middle ^ prefix.middle) & Self.mask(prefix.count - 8) == 0
            && (high ^ prefix.high) & Self.mask(prefix.count - 16) == 0
    }

    /// The first bytes of a word, none for a count below 1.
    private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? ~0 : ~(~0 << UInt64(max(count, 0) * 8))
    }

    /// The token with every `_` replaced by `-`.
    var hyphenated: PackedToken {
        var token = self
        token.low = Self.hyphenated(low)
        token.middle = Self.hyphenated(middle)
        token.high = Self.hyphenated(high)
        return token
    }

    private static func hyphenated(_ word: UInt64) -> UInt64 {
        ByteWord.replacing(UInt8(ascii: "_") | 0x20, by: UInt8(ascii: "-"), in: word)
    }
}

extension PackedToken {
    static let chunked = PackedToken("chunked")
    static let httpScheme = PackedToken("http")
    static let continueExpectation = PackedToken("100-continue")
}
