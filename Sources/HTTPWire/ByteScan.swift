/// The loops that look at every byte of a head. Each gives the first index from `start` on whose byte does not belong,
/// or where the bytes end.
///
/// Two are no part of their callers: alone they have registers enough for their constants.
enum ByteScan {
    @inline(__always) static func endOfToken(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, ByteClass.isToken(bytes[index]) { index &+= 1 }
        return index
    }

    /// The same for a field's name, which is mostly letters and hyphens.
    @inline(never) static func endOfName(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while let word = ByteWord(bytes, at: index) {
            if let found = word.firstOutsideName {
                index &+= found
                let byte = bytes[index]
                guard byte != UInt8(ascii: ":"), ByteClass.isToken(byte) else { return index }
                index &+= 1
            } else {
                index &+= 8
            }
        }
        return endOfToken(bytes, index, bytes.count)
    }

    static func endOfTarget(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while let word = ByteWord(bytes, at: index) {
            if let found = word.firstOutsideTarget { return index &+ found }
            index &+= 8
        }
        while index < bytes.count, ByteClass.isTarget(bytes[index]) { index &+= 1 }
        return index
    }

    @inline(never) static func endOfText(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while let word = ByteWord(bytes, at: index) {
            if let found = word.firstControl {
                index &+= found
                guard bytes[index] == ByteClass.tab else { return index }
                index &+= 1
            } else {
                index &+= 8
            }
        }
        while index < bytes.count, ByteClass.isText(bytes[index]) { index &+= 1 }
        return index
    }

    /// The first comma.
    static func endOfElement(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end &- 7, let word = ByteWord(bytes, at: index) {
            if let found = word.firstComma { return index &+ found }
            index &+= 8
        }
        while index < end, bytes[index] != UInt8(ascii: ",") { index &+= 1 }
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
