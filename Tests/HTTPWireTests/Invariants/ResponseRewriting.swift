@testable import HTTPWire

/// A response's head as a proxy sends it on, with the writers of `HTTPWire`.
struct ResponseRewriting {
    let head: ResponseHead
    let bytes: [UInt8]
    let written: [UInt8]

    init(_ head: ResponseHead, of bytes: [UInt8]) {
        self.head = head
        self.bytes = bytes
        var writer = ByteWriter(capacity: 1)
        writer.writeStatusLine(head, from: bytes.span)
        for field in Self.passing(head) { writer.writeField(field, from: bytes.span) }
        if let upgrade = head.upgrade {
            writer.writeField("Connection", "upgrade")
            writer.writeField("Upgrade", upgrade, from: bytes.span)
        } else if head.framing == .untilClose {
            writer.writeField("Connection", "close")
        }
        if head.framing == .none, let length = head.contentLength {
            writer.writeField("Content-Length", length)
        }
        writer.writeFraming(head.framing)
        writer.endHead()
        written = writer.copy
    }

    /// What was written is one head and nothing else, is read again as the same, and then written as the
    /// same bytes.
    func check(answering method: HTTPMethod) throws(BrokenInvariant) {
        try require(PlainHead(written).isCanonical, "wrote other spaces: \(written.quoted)")
        var parser = ResponseParser(answering: method, limits: .generous)
        let progress = parser.parse(written.span)
        try require(progress == .complete(length: written.count), "wrote \(written.quoted): \(progress)")
        try checkMeaning(parser.head)
        let again = ResponseRewriting(parser.head, of: written)
        try require(again.written == written, "wrote \(again.written.quoted), before: \(written.quoted)")
    }

    private func checkMeaning(_ again: ResponseHead) throws(BrokenInvariant) {
        try require(again.status == head.status, "wrote another status: \(written.quoted)")
        try require(text(again.reasonPhrase) == original(head.reasonPhrase), "wrote another reason phrase")
        try require(again.version == .http11, "wrote another version: \(written.quoted)")
        try require(again.framing == head.framing, "wrote another framing: \(written.quoted)")
        try require(again.contentLength == head.contentLength, "wrote another length: \(written.quoted)")
        try require(again.upgrade.map(text) == head.upgrade.map(original), "wrote another upgrade")
        let fields = Self.passing(again).map { [text($0.name), text($0.value)] }
        let before = Self.passing(head).map { [original($0.name), original($0.value)] }
        try require(fields == before, "wrote other fields: \(written.quoted)")
    }

    private static func passing(_ head: ResponseHead) -> [HeadField] {
        head.fields.filter { !$0.known.isHopByHop && !$0.isConnectionOption }
    }

    private func original(_ place: ByteRange) -> [UInt8] { Array(bytes[place.indices]) }
    private func text(_ place: ByteRange) -> [UInt8] { Array(written[place.indices]) }
}
