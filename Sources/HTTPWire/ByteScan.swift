/// The loops that look at every byte of a head. Each gives the first index in `start..<end` whose byte
/// does not belong, or `end`.
enum ByteScan {
    @inline(__always) static func endOfToken(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, ByteClass.isToken(bytes[index]) { index &+= 1 }
        return index
    }

    /// The same for a field's name, which is mostly letters and hyphens.
    @inline(__always) static func endOfName(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end &- 7 {
            if let found = ByteWord(bytes, index).firstOutsideName {
                index &+= found
                guard ByteClass.isToken(bytes[index]) else { return index }
                index &+= 1
            } else {
                index &+= 8
            }
        }
        return endOfToken(bytes, index, end)
    }

    static func endOfTarget(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end &- 7 {
            if let found = ByteWord(bytes, index).firstOutsideTarget { return index &+ found }
            index &+= 8
        }
        while index < end, ByteClass.isTarget(bytes[index]) { index &+= 1 }
        return index
    }

    static func endOfText(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end &- 7 {
            if let found = ByteWord(bytes, index).firstControl {
                guard bytes[index &+ found] == ByteClass.tab else { return index &+ found }
                index &+= found &+ 1
            } else {
                index &+= 8
            }
        }
        while index < end, ByteClass.isText(bytes[index]) { index &+= 1 }
        return index
    }

    @inline(__always) static func endOfSpace(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, ByteClass.isSpace(bytes[index]) { index &+= 1 }
        return index
    }

    /// Where `start..<end` ends without the whitespace at its end.
    @inline(__always) static func trimmedEnd(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = end
        while index > start, ByteClass.isSpace(bytes[index &- 1]) { index &-= 1 }
        return index
    }

    /// Whether two pieces hold the same ASCII text, whatever the case of letters.
    static func matches(_ bytes: Span<UInt8>, _ left: ByteRange, _ right: ByteRange) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count {
            let one = ByteClass.lowercased(bytes[Int(left.start) &+ offset])
            guard one == ByteClass.lowercased(bytes[Int(right.start) &+ offset]) else { return false }
        }
        return true
    }
}
