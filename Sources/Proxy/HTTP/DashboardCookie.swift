import HTTPWire

/// The cookie by which the dashboard knows a browser. Cookies know no ports (RFC 6265 section 8.5), so a browser that is
/// logged in sends it to the services on the same host too, whose servers could use it.
enum DashboardCookie {
    /// What its name begins with; the dashboard's port may follow.
    static let name = "evenkeel_session"

    /// Whether a request has one, of whichever dashboard.
    static func isIn(_ head: borrowing RequestHead, _ bytes: Span<UInt8>) -> Bool {
        for index in head.fields.indices where head.fields[index].known == .cookie {
            var pairs = CookiePairs(head.fields[index].value)
            while let pair = pairs.next(bytes) {
                if isOwn(pair, bytes) { return true }
            }
        }
        return false
    }

    /// Writes the cookies that are none, each as it was; a field in which nothing is left is not written.
    static func writeOthers(
        _ head: borrowing RequestHead, from bytes: Span<UInt8>, into writer: inout ByteWriter
    ) {
        for index in head.fields.indices
        where head.fields[index].known == .cookie && !head.fields[index].isConnectionOption {
            var pairs = CookiePairs(head.fields[index].value)
            var hasBegun = false
            while let pair = pairs.next(bytes) {
                guard !isOwn(pair, bytes) else { continue }
                writer.write(hasBegun ? "; " : "Cookie: ")
                hasBegun = true
                writer.write(bytes.extracting(pair))
            }
            if hasBegun { writer.write("\r\n") }
        }
    }

    private static func isOwn(_ pair: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        let name = name.utf8.span
        guard pair.count >= name.count else { return false }
        for offset in 0..<name.count where bytes[pair.lowerBound + offset] != name[offset] { return false }
        return true
    }
}

/// The pairs of a `Cookie` field (RFC 6265 section 4.2.1), without the blanks around them.
private struct CookiePairs {
    private var position: Int
    private let end: Int

    init(_ value: ByteRange) {
        position = Int(value.start)
        end = Int(value.end)
    }

    mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
        while position < end {
            var start = position
            var stop = position
            while stop < end, bytes[stop] != UInt8(ascii: ";") { stop += 1 }
            position = stop + 1
            while start < stop, Self.isBlank(bytes[start]) { start += 1 }
            while start < stop, Self.isBlank(bytes[stop - 1]) { stop -= 1 }
            if start < stop { return start..<stop }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
