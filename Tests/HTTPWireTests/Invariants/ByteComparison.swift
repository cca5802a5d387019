/// Comparisons of bytes that share nothing with `HTTPWire`'s own.
extension Collection<UInt8> {
    func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }

    /// ASCII letters in lower case.
    var lowercased: [UInt8] {
        map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    }

    var isDigits: Bool { !isEmpty && allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }

    /// Whether the bytes are a token (RFC 9110, section 5.6.2).
    var isToken: Bool { !isEmpty && allSatisfy { plainTokenBytes[Int($0)] } }

    /// Whether the bytes are a field's text: nothing below a space but tabs, and no DEL.
    var isFieldText: Bool { allSatisfy { $0 == 9 || $0 >= 32 && $0 != 127 } }

    /// One character a byte, for messages about what is broken.
    var quoted: String {
        String(String.UnicodeScalarView(map { Unicode.Scalar($0) })).debugDescription
    }
}

extension RandomAccessCollection<UInt8> {
    /// Without spaces and tabs at both ends.
    var trimmed: [UInt8] {
        guard let first = firstIndex(where: { $0 != 32 && $0 != 9 }),
            let last = lastIndex(where: { $0 != 32 && $0 != 9 })
        else { return [] }
        return Array(self[first...last])
    }
}

private let plainTokenBytes: [Bool] = {
    let alphabet =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (0..<256).map { alphabet.utf8.contains(UInt8($0)) }
}()
