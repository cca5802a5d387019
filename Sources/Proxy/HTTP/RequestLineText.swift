import Sockets

/// The method and the target of a request, as much of them as fits: kept for each recent exchange without
/// an allocation.
public struct RequestLineText: Sendable {
    /// Bytes kept; longer targets are cut.
    public static let capacity = 255

    private var bytes = InlineArray<255, UInt8>(repeating: 0)
    private var count: UInt8 = 0

    /// No request was read.
    init() {}

    /// Takes both from bytes that begin with a request line.
    init(from line: borrowing Buffer) {
        line.withSpan { span in
            let length = Self.length(in: span)
            var room = bytes.mutableSpan
            for position in 0..<length { room[position] = span[position] }
            count = UInt8(length)
        }
    }

    /// Is that of no request again.
    mutating func clear() { count = 0 }

    /// How many bytes come before the second space or the line's end, as far as they are kept.
    private static func length(in span: Span<UInt8>) -> Int {
        var spaces = 0
        let limit = min(span.count, capacity)
        for position in 0..<limit {
            let byte = span[position]
            guard byte <= UInt8(ascii: " ") else { continue }
            if byte == UInt8(ascii: " ") { spaces += 1 }
            if spaces == 2 || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") { return position }
        }
        return limit
    }

    /// `GET /path`; empty when no request was read.
    public var text: String {
        String(decoding: (0..<Int(count)).map { bytes[$0] }, as: UTF8.self)
    }

    /// The method alone.
    public var method: String { String(text.prefix { $0 != " " }) }

    /// The target alone, in its beginning.
    public var target: String { String(text.drop { $0 != " " }.dropFirst()) }
}
