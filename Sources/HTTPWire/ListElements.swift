/// Walks over the members of a comma-separated value (RFC 9110, section 5.6.1), each without the
/// whitespace around it. Empty members are given too: what they mean is the reader's business.
public struct ListElements {
    private var position: Int
    private let end: Int
    private var isOver = false

    /// The members of that value.
    public init(_ value: ByteRange) {
        position = Int(value.start)
        end = Int(value.end)
    }

    /// The next member; nil behind the last.
    public mutating func next(_ bytes: Span<UInt8>) -> ByteRange? {
        guard !isOver else { return nil }
        let comma = ByteScan.endOfElement(bytes, position, end)
        let start = ByteScan.endOfSpace(bytes, position, comma)
        let element = ByteRange(start, ByteScan.trimmedEnd(bytes, start, comma))
        isOver = comma == end
        position = comma &+ 1
        return element
    }
}

extension [HeadField] {
    /// The members of a list that may be told in several fields (RFC 9110, section 5.3). Empty ones mean nothing (section
    /// 5.6.1.2). It allocates, and so is meant for rare fields.
    func members(of name: FieldName, in bytes: Span<UInt8>) -> [String] {
        var found: [String] = []
        for index in indices where self[index].known == name {
            var members = ListElements(self[index].value)
            while let member = members.next(bytes) {
                if !member.isEmpty { found.append(member.text(in: bytes)) }
            }
        }
        return found
    }
}
