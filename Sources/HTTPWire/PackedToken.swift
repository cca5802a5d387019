/// An ASCII token of at most 24 bytes in lower case, packed into three machine words: it compares in
/// three instructions where a text would need a loop, and holds no memory.
struct PackedToken: Equatable {
    private(set) var low: UInt64 = 0
    private(set) var middle: UInt64 = 0
    private(set) var high: UInt64 = 0
    /// The token's length. Beyond `capacity` the words keep the first bytes only, and the token equals
    /// no known one, since every known one is shorter.
    private(set) var count: Int = 0

    static let capacity = 24

    init() {}

    /// The token made of a text. Meant for constants.
    init(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }

    /// The token in a piece of a message.
    init(_ bytes: Span<UInt8>, _ range: ByteRange) {
        let start = Int(range.start)
        guard start &+ Self.capacity <= bytes.count else {
            for index in range.indices { append(bytes[index]) }
            return
        }
        // Whole words, of which the bytes behind the token are masked away.
        count = range.count
        low = ByteWord(bytes, start).lowercased & Self.mask(count)
        if count > 8 { middle = ByteWord(bytes, start &+ 8).lowercased & Self.mask(count &- 8) }
        if count > 16 { high = ByteWord(bytes, start &+ 16).lowercased & Self.mask(count &- 16) }
    }

    /// The lowest so many bytes of a word.
    @inline(__always) private static func mask(_ bytes: Int) -> UInt64 {
        bytes >= 8 ? ~0 : ~(~0 &<< UInt64(truncatingIfNeeded: bytes &* 8))
    }

    /// Adds a byte at the end, in lower case.
    @inline(__always) mutating func append(_ byte: UInt8) {
        let lowered = UInt64(ByteClass.lowercased(byte)) &<< UInt64(truncatingIfNeeded: (count & 7) &* 8)
        switch count &>> 3 {
        case 0: low |= lowered
        case 1: middle |= lowered
        case 2: high |= lowered
        default: break
        }
        count &+= 1
    }

    /// The token with every `_` replaced by `-`, or nil when it has none.
    var hyphenated: PackedToken? {
        guard
            ByteWord.holds(UInt8(ascii: "_"), low) || ByteWord.holds(UInt8(ascii: "_"), middle)
                || ByteWord.holds(UInt8(ascii: "_"), high)
        else { return nil }
        var token = self
        token.low = Self.hyphenated(low)
        token.middle = Self.hyphenated(middle)
        token.high = Self.hyphenated(high)
        return token
    }

    private static func hyphenated(_ word: UInt64) -> UInt64 {
        var result = word
        for shift in stride(from: UInt64(0), to: 64, by: 8)
        where (word &>> shift) & 0xff == UInt64(UInt8(ascii: "_")) {
            result ^= UInt64(UInt8(ascii: "_") ^ UInt8(ascii: "-")) &<< shift
        }
        return result
    }
}

extension PackedToken {
    static let chunked = PackedToken("chunked")
    static let close = PackedToken("close")
    static let keepAlive = PackedToken("keep-alive")
    static let upgrade = PackedToken("upgrade")
    static let httpScheme = PackedToken("http")
    static let continueExpectation = PackedToken("100-continue")
}
