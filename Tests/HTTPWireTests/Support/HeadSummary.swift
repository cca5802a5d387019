import HTTPWire

/// A head in words that compare, with everything that the parser found out.
struct HeadSummary: Equatable, CustomStringConvertible {
    /// What a person compares: the start line and what the fields mean.
    var meaning: String
    /// Every field, as name, value, known name and whether `Connection` names it.
    var fields: [String]
    /// The head's length.
    var length: Int

    var description: String { meaning + "\n" + fields.joined(separator: "\n") }
}

/// What reading came to: a head or a violation, or that more is needed.
enum Outcome: Equatable {
    case needMore
    case head(HeadSummary)
    case invalid(HTTPViolation)

    /// The violation, or nil.
    var violation: HTTPViolation? {
        guard case .invalid(let violation) = self else { return nil }
        return violation
    }
}

func describe(_ framing: BodyFraming) -> String {
    switch framing {
    case .none: "none"
    case .contentLength(let length): "length=\(length)"
    case .chunked: "chunked"
    case .untilClose: "until-close"
    }
}

func describe(_ fields: [HeadField], _ bytes: [UInt8]) -> [String] {
    fields.map { field in
        let option = field.isConnectionOption ? " option" : ""
        return "\(text(bytes, field.name))=[\(text(bytes, field.value))] \(field.known)\(option)"
    }
}

func summary(_ head: RequestHead, _ bytes: [UInt8], _ length: Int) -> HeadSummary {
    var words = [text(bytes, head.methodName), "\(head.method)", text(bytes, head.target.text)]
    words += ["\(head.target.form)", "path=\(text(bytes, head.target.path))", "\(head.version)"]
    words.append("host=" + (head.host.map { text(bytes, $0) } ?? "-"))
    words.append(describe(head.framing))
    words.append(head.keepAlive ? "keep" : "close")
    if let upgrade = head.upgrade { words.append("upgrade=\(text(bytes, upgrade))") }
    if head.expectsContinue { words.append("expect") }
    return HeadSummary(
        meaning: words.joined(separator: " "), fields: describe(head.fields, bytes), length: length)
}

func summary(_ head: ResponseHead, _ bytes: [UInt8], _ length: Int) -> HeadSummary {
    var words = ["\(head.status)", "[\(text(bytes, head.reasonPhrase))]", "\(head.version)"]
    words.append(describe(head.framing))
    if let length = head.contentLength { words.append("declared=\(length)") }
    words.append(head.keepAlive ? "keep" : "close")
    if head.isInterim { words.append("interim") }
    if let upgrade = head.upgrade { words.append("upgrade=\(text(bytes, upgrade))") }
    return HeadSummary(
        meaning: words.joined(separator: " "), fields: describe(head.fields, bytes), length: length)
}
