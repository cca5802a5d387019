extension ByteRange {
    /// The piece as a text, for logs and pages; it allocates. Bytes that are no UTF-8 become U+FFFD.
    public func text(in bytes: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        copy.reserveCapacity(count)
        for index in indices { copy.append(bytes[index]) }
        return String(decoding: copy, as: UTF8.self)
    }

    /// Whether the piece is that ASCII text, whatever the case of letters.
    public func matches(_ text: String, in bytes: Span<UInt8>) -> Bool {
        let expected = text.utf8.span
        guard expected.count == count else { return false }
        for offset in 0..<count {
            let byte = ByteClass.lowercased(bytes[Int(start) &+ offset])
            guard byte == ByteClass.lowercased(expected[offset]) else { return false }
        }
        return true
    }

    /// Whether a comma-separated value has that member, whatever the case of letters and without regard
    /// to parameters (RFC 9110, section 5.6.1). Good for `Accept`, `Upgrade` and the like.
    public func hasMember(_ text: String, in bytes: Span<UInt8>) -> Bool {
        var elements = ListElements(self)
        while let element = elements.next(bytes) {
            var end = Int(element.start)
            while end < Int(element.end), bytes[end] != UInt8(ascii: ";") { end &+= 1 }
            let trimmed = ByteScan.trimmedEnd(bytes, Int(element.start), end)
            if ByteRange(Int(element.start), trimmed).matches(text, in: bytes) { return true }
        }
        return false
    }
}
