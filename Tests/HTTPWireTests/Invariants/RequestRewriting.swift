@testable import HTTPWire

/// A request's head as a proxy sends it on, with the writers of `HTTPWire`.
struct RequestRewriting {
    let head: RequestHead
    let bytes: [UInt8]
    let written: [UInt8]

    /// What stands for a host where an old client named none.
    private static let unnamedHost = "server.test"

    init(_ head: RequestHead, of bytes: [UInt8]) {
        self.head = head
        self.bytes = bytes
        var writer = ByteWriter(capacity: 1)
        writer.writeRequestLine(head, from: bytes.span)
        if let host = head.host {
            writer.writeField("Host", host, from: bytes.span)
        } else {
            writer.writeField("Host", Self.unnamedHost)
        }
        for field in Self.passing(head) { writer.writeField(field, from: bytes.span) }
        if head.expectsContinue { writer.writeField("Expect", "100-continue") }
        if let upgrade = head.upgrade {
            writer.writeField("Connection", "upgrade")
            writer.writeField("Upgrade", upgrade, from: bytes.span)
        }
        writer.writeFraming(head.framing)
        writer.endHead()
        written = writer.copy
    }

    /// What was written is one head and nothing else, is read again as the same, and then written as the
    /// same bytes.
    func check() throws(BrokenInvariant) {
        try require(PlainHead(written).isCanonical, "wrote other spaces: \(written.quoted)")
        var parser = RequestParser(limits: .generous)
        let progress = parser.parse(written.span)
        try require(progress == .complete(length: written.count), "wrote \(written.quoted): \(progress)")
        try checkMeaning(parser.head)
        let again = RequestRewriting(parser.head, of: written)
        try require(again.written == written, "wrote \(again.written.quoted), before: \(written.quoted)")
    }

    private func checkMeaning(_ again: RequestHead) throws(BrokenInvariant) {
        try require(
            again.method == head.method && text(again.methodName) == original(head.methodName),
            "wrote another method: \(written.quoted)")
        try require(text(again.target.text) == originTarget, "wrote another target: \(written.quoted)")
        try require(again.version == .http11 && again.keepAlive, "wrote an end: \(written.quoted)")
        try require(again.framing == head.framing, "wrote another framing: \(written.quoted)")
        let host = head.host.map(original) ?? Array(Self.unnamedHost.utf8)
        try require(again.host.map(text) == host, "wrote another host: \(written.quoted)")
        try require(again.expectsContinue == head.expectsContinue, "wrote another expectation")
        try require(again.upgrade.map(text) == head.upgrade.map(original), "wrote another upgrade")
        let fields = Self.passing(again).map { [text($0.name), text($0.value)] }
        let before = Self.passing(head).map { [original($0.name), original($0.value)] }
        try require(fields == before, "wrote other fields: \(written.quoted)")
    }

    /// The target in origin form (RFC 9112, sections 3.2.1 and 3.2.4).
    private var originTarget: [UInt8] {
        let path = original(head.target.path)
        switch path.first {
        case nil: return [head.method == .options ? UInt8(ascii: "*") : UInt8(ascii: "/")]
        case UInt8(ascii: "?"): return [UInt8(ascii: "/")] + path
        default: return path
        }
    }

    private static func passing(_ head: RequestHead) -> [HeadField] {
        head.fields.filter { field in
            !field.known.isHopByHop && !field.isConnectionOption && field.known != .host
                && field.known != .expect
        }
    }

    private func original(_ place: ByteRange) -> [UInt8] { Array(bytes[place.indices]) }
    private func text(_ place: ByteRange) -> [UInt8] { Array(written[place.indices]) }
}

extension ByteWriter {
    /// What has been written.
    var copy: [UInt8] {
        borrowing get {
            withSpan { span in span.indices.map { span[$0] } }
        }
    }
}
