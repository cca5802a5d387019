/// The classes of bytes in RFC 9110's grammar.
enum ByteClass {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    /// The `tchar` of RFC 9110, section 5.6.2, as a bit for each of the bytes 0-63 and 64-127: a set
    /// fits in two registers, where a table would take four lines of cache.
    private static let tokenLow: UInt64 = 0x03ff_6cfa_0000_0000
    private static let tokenHigh: UInt64 = 0x57ff_ffff_c7ff_fffe

    /// Whether the byte may stand in a token: a method, a field's name, a coding.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        let bits = byte & 0x40 == 0 ? tokenLow : tokenHigh
        return byte < 0x80 && (bits &>> UInt64(byte & 0x3f)) & 1 == 1
    }

    /// Optional whitespace, RFC 9110, section 5.6.3.
    @inline(__always) static func isSpace(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// ASCII letters in lower case, everything else as it is.
    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always) static func hexadecimal(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- UInt8(ascii: "0") }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Visible ASCII: `VCHAR` of RFC 5234.
    @inline(__always) static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7f }

    /// What may stand in a request's target. RFC 3986 forbids some of these, which browsers send all the
    /// same. Bytes above ASCII are refused, as by HAProxy; nginx would pass them.
    @inline(__always) static func isTarget(_ byte: UInt8) -> Bool {
        isVisible(byte) && byte != UInt8(ascii: "#")
    }

    /// What may stand in a field's value or a reason phrase: visible bytes, space, tab, and bytes above
    /// ASCII (`obs-text`, RFC 9110, section 5.5).
    @inline(__always) static func isText(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7f : byte == tab
    }
}
