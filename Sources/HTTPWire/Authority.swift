/// Judges the `host[:port]` of a Host field or an absolute target (RFC 9110, section 4.2; RFC 3986,
/// section 3.2).
///
/// Stricter than the grammar in two ways: the host is not empty, and of the characters that a registered
/// name may hold, only letters, digits, `-._~` and percent-encoded bytes are taken. A comma or a
/// semicolon in a host means that somebody downstream may see two.
enum Authority {
    /// Whether the piece is a host, with a port or without. User information is never allowed.
    static func isValid(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        let start = Int(range.start)
        let end = Int(range.end)
        guard start < end else { return false }
        let hostEnd: Int
        if bytes[start] == UInt8(ascii: "[") {
            guard let close = endOfLiteral(bytes, start, end) else { return false }
            hostEnd = close
        } else {
            guard let stop = endOfName(bytes, start, end), stop > start else { return false }
            hostEnd = stop
        }
        return hostEnd == end || isPort(bytes, hostEnd, end)
    }

    /// A colon and up to five digits, at most 65535. RFC 3986, section 3.2.3, lets the digits be absent.
    private static func isPort(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard bytes[start] == UInt8(ascii: ":"), end - start <= 6 else { return false }
        var port = 0
        for index in start &+ 1..<end {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            port = port &* 10 &+ Int(digit)
        }
        return port <= 65_535
    }

    private static func endOfName(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            let byte = bytes[index]
            if isUnreserved(byte) {
                index += 1
            } else if byte == UInt8(ascii: "%") {
                guard index + 2 < end, ByteClass.hexadecimal(bytes[index + 1]) != nil,
                    ByteClass.hexadecimal(bytes[index + 2]) != nil
                else { return nil }
                index += 3
            } else {
                return byte == UInt8(ascii: ":") ? index : nil
            }
        }
        return end
    }

    @inline(__always) private static func isUnreserved(_ byte: UInt8) -> Bool {
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        if letter < 26 || ByteClass.isDigit(byte) { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): return true
        default: return false
        }
    }

    /// One past the bracket that closes an IPv6 literal, when what it encloses is an address.
    private static func endOfLiteral(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var index = start + 1
        while index < end, bytes[index] != UInt8(ascii: "]") { index += 1 }
        guard index < end, IPv6Literal.isValid(bytes, start + 1, index) else { return nil }
        return index + 1
    }
}

/// Judges the text of an IPv6 address (RFC 3986, section 3.2.2). No zone: it means nothing on our side.
enum IPv6Literal {
    static func isValid(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var groups = 0
        var hasGap = false
        var index = start
        if index + 1 < end, bytes[index] == UInt8(ascii: ":") {
            guard bytes[index + 1] == UInt8(ascii: ":") else { return false }
            hasGap = true
            index += 2
        }
        while index < end {
            let stop = endOfGroup(bytes, index, end)
            if stop < end, bytes[stop] == UInt8(ascii: ".") {
                groups += 2
                return isIPv4(bytes, index, end) && isCount(groups, hasGap)
            }
            guard stop > index, stop - index <= 4 else { return false }
            groups += 1
            guard stop < end else { break }
            guard bytes[stop] == UInt8(ascii: ":"), stop + 1 < end else { return false }
            index = stop + 1
            if bytes[index] == UInt8(ascii: ":") {
                guard !hasGap else { return false }
                hasGap = true
                index += 1
            }
        }
        return isCount(groups, hasGap)
    }

    /// Eight groups, or fewer around a gap.
    private static func isCount(_ groups: Int, _ hasGap: Bool) -> Bool {
        hasGap ? groups <= 7 : groups == 8
    }

    private static func endOfGroup(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, ByteClass.hexadecimal(bytes[index]) != nil { index += 1 }
        return index
    }

    /// Four decimal numbers of at most 255, joined by dots.
    private static func isIPv4(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var number: Int?
        var dots = 0
        for index in start..<end {
            let byte = bytes[index]
            if ByteClass.isDigit(byte) {
                let next = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
                guard next <= 255, number != 0 else { return false }
                number = next
            } else {
                guard byte == UInt8(ascii: "."), number != nil else { return false }
                dots += 1
                number = nil
            }
        }
        return dots == 3 && number != nil
    }
}
