/// What is put into the room that a writer hands out.
extension MutableSpan<UInt8> {
    /// Copies bytes. What is written is short: a loop over bytes, which the compiler turns into vectors, spends most of
    /// its time on the last bytes that fill none.
    @inline(__always) mutating func put(_ bytes: Span<UInt8>, at start: Int) {
        var room = _mutatingExtracting(start..<start &+ bytes.count)
        switch bytes.count {
        case 0..<8: for index in bytes.indices { room[index] = bytes[index] }
        case 8..<16: room.copy(bytes, by: UInt64.self)
        default: room.copy(bytes, by: SIMD16<UInt8>.self)
        }
    }

    /// Copies bytes by words, of which they fill one at least; the last word overlaps the one before.
    @inline(__always) private mutating func copy<Word: PlainBits>(
        _ bytes: Span<UInt8>, by word: Word.Type
    ) {
        let last = bytes.count &- MemoryLayout<Word>.size
        var index = 0
        while let word = bytes.load(at: index, as: word) {
            store(word, at: index)
            index &+= MemoryLayout<Word>.size
        }
        if let word = bytes.load(at: last, as: word) { store(word, at: last) }
    }

    /// Writes a number's digits.
    @inline(__always) mutating func put(_ decimal: DecimalDigits, at start: Int) {
        var rest = decimal.number
        for index in (start..<start &+ decimal.count).reversed() {
            self[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Writes our version, which has eight bytes.
    @inline(__always) mutating func putVersion(at start: Int) {
        ByteWord.currentVersion.store(into: &self, at: start)
    }

    /// Writes what lies between a field's name and its value.
    @inline(__always) mutating func putNameEnd(at start: Int) {
        self[start] = UInt8(ascii: ":")
        self[start &+ 1] = ByteClass.space
    }

    /// Ends a line.
    @inline(__always) mutating func putLineEnd(at start: Int) {
        self[start] = ByteClass.carriageReturn
        self[start &+ 1] = ByteClass.lineFeed
    }
}

/// A number that is to be written, with the count of its decimal digits.
struct DecimalDigits {
    let number: UInt64
    let count: Int

    @inline(__always) init(_ number: UInt64) {
        var count = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            count &+= 1
        }
        self.number = number
        self.count = count
    }
}
