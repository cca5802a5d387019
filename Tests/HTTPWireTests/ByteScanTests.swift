import Testing

@testable import HTTPWire

@Suite struct ByteScanTests {
    /// RFC 9110, section 5.6.2.
    private static let tokens = Set(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    @Test func `the bytes of a token are those of the RFC`() {
        for byte in UInt8.min...UInt8.max {
            #expect(ByteClass.isToken(byte) == Self.tokens.contains(byte), "byte \(byte)")
        }
    }

    /// Every byte at every place of a machine word, and behind it, is found as the class says.
    @Test func `a scan by words stops where a scan by bytes would`() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<20 {
                var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 20)
                bytes[place] = byte
                let text = ByteScan.endOfText(bytes.span, 0)
                #expect(text == (ByteClass.isText(byte) ? 20 : place), "byte \(byte) at \(place)")
                let name = ByteScan.endOfName(bytes.span, 0)
                #expect(name == (ByteClass.isToken(byte) ? 20 : place), "byte \(byte) at \(place)")
                let target = ByteScan.endOfTarget(bytes.span, 0)
                #expect(target == (ByteClass.isTarget(byte) ? 20 : place), "byte \(byte) at \(place)")
                let element = ByteScan.endOfElement(bytes.span, 0, 20)
                #expect(element == (byte == UInt8(ascii: ",") ? place : 20), "byte \(byte) at \(place)")
            }
        }
    }

    @Test func `the first of several wrong bytes is found`() {
        for second in UInt8.min...UInt8.max {
            let bytes: [UInt8] = [97, 97, 0x0d, second, second, second, 97, 97, 97]
            #expect(ByteScan.endOfText(bytes.span, 0) == 2)
            #expect(ByteScan.endOfName(bytes.span, 0) == 2)
            #expect(ByteScan.endOfTarget(bytes.span, 0) == 2)
        }
    }

    @Test func `a packed token is the same by words and by bytes`() {
        for byte in UInt8.min...UInt8.max {
            for count in 0...26 {
                let token = (0..<count).map { $0 % 3 == 0 ? byte : UInt8(ascii: "Q") }
                let range = ByteRange(0, count)
                let byBytes = PackedToken(token.span, range)
                for more in 1...24 {
                    let padded = token + [UInt8](repeating: 0xff, count: more)
                    #expect(PackedToken(padded.span, range) == byBytes, "\(byte) x \(count), \(more) more")
                }
            }
        }
    }
}
