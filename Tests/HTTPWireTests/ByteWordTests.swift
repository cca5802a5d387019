import Testing

@testable import HTTPWire

@Suite struct ByteWordTests {
    @Test func `a word is loaded where eight bytes are, and nowhere else`() {
        for count in 0...40 {
            let bytes = (0..<count).map { UInt8($0) }
            let far = [Int.min, Int.min + 8, -9, -8, -1, Int.max - 7, Int.max]
            for index in far + Array(0...50) {
                let word = ByteWord(bytes.span, at: index)
                let isThere = index >= 0 && index <= count - 8
                #expect((word != nil) == isThere, "at \(index) of \(count)")
                if let word { #expect(word.bits & 0xff == UInt64(index)) }
                let vector = bytes.span.load(at: index, as: SIMD16<UInt8>.self)
                #expect((vector != nil) == (index >= 0 && index <= count - 16), "at \(index) of \(count)")
                if let vector { #expect(vector[15] == UInt8(index + 15)) }
            }
        }
    }

    @Test func `a word is stored as it was loaded`() {
        let bytes = (0..<24).map { UInt8($0) }
        var copy = [UInt8](repeating: 0xff, count: 24)
        var room = copy.mutableSpan
        for index in [0, 8, 16, 9] { ByteWord(bytes.span, index).store(into: &room, at: index) }
        #expect(copy == bytes)
    }

    @Test func `a byte is replaced wherever it is, and no other`() {
        for byte in UInt8.min...0x7f {
            for place in 0..<8 {
                var bytes = [UInt8](repeating: byte ^ 1, count: 8)
                bytes[place] = byte
                let replaced = ByteWord.replacing(byte, by: 0x2d, in: ByteWord(bytes.span, 0).bits)
                bytes[place] = 0x2d
                #expect(replaced == ByteWord(bytes.span, 0).bits, "byte \(byte) at \(place)")
            }
        }
    }
}
