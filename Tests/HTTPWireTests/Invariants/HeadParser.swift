@testable import HTTPWire

/// What the parsers of requests and of responses have in common, so that both keep the same rules.
protocol HeadParser {
    associatedtype Head: ParsedHead

    var head: Head { get }
    /// How many bytes have been looked at.
    var position: Int { get }

    mutating func parse(_ bytes: Span<UInt8>) -> HeadProgress
}

/// What the heads of requests and of responses have in common.
protocol ParsedHead {
    var fields: [HeadField] { get }
    /// Every place that the head points to, fields apart.
    var places: [ByteRange] { get }
    /// Those places, fields apart, whose bytes are looked at once and never again.
    var idlePlaces: [ByteRange] { get }

    /// Whether all that was found out about the same bytes is the same.
    func equals(_ other: Self) -> Bool
}

extension RequestParser: HeadParser {}
extension ResponseParser: HeadParser {}

extension RequestHead: ParsedHead {
    var places: [ByteRange] {
        [methodName, target.text, target.path] + [target.authority, host, upgrade].compactMap(\.self)
    }

    /// An origin form is known by its slash; an absolute form is taken apart when it is whole.
    var idlePlaces: [ByteRange] {
        target.form == .origin ? [ByteRange(Int(target.text.start) + 1, Int(target.text.end))] : []
    }

    func equals(_ other: RequestHead) -> Bool {
        method == other.method && methodName == other.methodName && target == other.target
            && version == other.version && fields == other.fields && framing == other.framing
            && keepAlive == other.keepAlive && host == other.host && upgrade == other.upgrade
            && expectsContinue == other.expectsContinue
    }
}

extension ResponseHead: ParsedHead {
    var places: [ByteRange] { [reasonPhrase] + [upgrade].compactMap(\.self) }
    var idlePlaces: [ByteRange] { [reasonPhrase] }

    func equals(_ other: ResponseHead) -> Bool {
        status == other.status && reasonPhrase == other.reasonPhrase && version == other.version
            && fields == other.fields && framing == other.framing && contentLength == other.contentLength
            && keepAlive == other.keepAlive && upgrade == other.upgrade
    }
}

extension FieldName {
    /// Whether a parser reads the value of such a field when its line is complete.
    var isInterpreted: Bool {
        switch self {
        case .connection, .contentLength, .expect, .host, .transferEncoding, .upgrade: true
        default: false
        }
    }
}
