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
        matches(text.utf8.span, in: bytes)
    }

    private func matches(_ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        guard text.count == count else { return false }
        for offset in 0..<count {
            let byte = ByteClass.lowercased(bytes[Int(start) &+ offset])
            guard byte == ByteClass.lowercased(text[offset]) else { return false }
        }
        return true
    }

    /// Whether a comma-separated value has that member, whatever the case of letters and without regard
    /// to parameters (RFC 9110, section 5.6.1). Good for `Accept`, `Upgrade` and the like.
    public func hasMember(_ text: String, in bytes: Span<UInt8>) -> Bool {
        let text = text.utf8.span
        guard text.count <= count else { return false }
        var elements = ListElements(self)
        while let element = elements.next(bytes) {
            let nameEnd = Int(element.start) &+ text.count
            guard nameEnd <= Int(element.end), ByteRange(Int(element.start), nameEnd).matches(text, in: bytes)
            else { continue }
            let next = ByteScan.endOfSpace(bytes, nameEnd, Int(element.end))
            if next == Int(element.end) || bytes[next] == UInt8(ascii: ";") { return true }
        }
        return false
    }
}
