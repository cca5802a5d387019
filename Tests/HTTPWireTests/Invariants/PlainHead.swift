import HTTPWire

/// A field line, taken apart at its first colon.
struct PlainField: Equatable {
    let name: [UInt8]
    let value: [UInt8]

    init(line: [UInt8]) throws(BrokenInvariant) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw BrokenInvariant("took a line without a colon: \(line.quoted)")
        }
        name = Array(line[..<colon])
        value = line[(colon + 1)...].trimmed
        try require(name.isToken, "took a name that is no token: \(line.quoted)")
        try require(value.isFieldText, "took a value with control bytes: \(line.quoted)")
    }

    /// Whether the value has that member, parameters aside.
    func hasMember(_ text: String) -> Bool {
        value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).contains {
            $0.prefix { $0 != UInt8(ascii: ";") }.trimmed.lowercased.isText(text)
        }
    }

    /// Which of the known names it is, found by comparing it with each.
    var known: FieldName { knownNames[name.lowercased] ?? (isAlias ? .alias : .other) }

    private var isAlias: Bool {
        guard name.contains(UInt8(ascii: "_")) else { return false }
        return knownNames[name.lowercased.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }] != nil
    }
}

private let knownNames: [[UInt8]: FieldName] = Dictionary(
    uniqueKeysWithValues: FieldName.allCases.filter { !$0.text.isEmpty }.map {
        (Array($0.text.utf8).lowercased, $0)
    })

/// A head that a parser took, read once more in the plainest way: cut into lines, each line looked at on
/// its own, nothing remembered. Slow, and short enough to be seen to be right.
struct PlainHead {
    let startLine: [UInt8]
    let fields: [PlainField]
    /// Whether each field has one space between colon and value, and none behind it.
    let isCanonical: Bool

    init(_ bytes: some Sequence<UInt8>, of sender: Sender = .client) throws(BrokenInvariant) {
        var lines = try linesOfText(bytes, of: sender)
        try require(lines.popLast()?.isEmpty == true, "took a head that ends in the middle of a line")
        try require(lines.popLast()?.isEmpty == true, "took a head without an empty line at its end")
        if lines.first?.isEmpty == true { lines.removeFirst() }
        try require(!lines.isEmpty && !lines.contains([]), "took a head of several parts")
        startLine = lines.removeFirst()
        var fields: [PlainField] = []
        for line in lines { fields.append(try PlainField(line: line)) }
        self.fields = fields
        isCanonical = lines == fields.map { $0.name + Array(": ".utf8) + $0.value }
    }

    /// The values of all fields of that name.
    func values(_ name: String) -> [[UInt8]] {
        fields.filter { $0.name.lowercased.isText(name) }.map(\.value)
    }

    /// The members of the values of all fields of that name, in lower case.
    func members(_ name: String) -> [[UInt8]] {
        values(name).flatMap { $0.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) }
            .map { $0.trimmed.lowercased }
    }

    func hasMember(_ name: String, _ member: String) -> Bool { members(name).contains { $0.isText(member) } }

    /// The version that the text names, or nil.
    static func version(_ text: some BidirectionalCollection<UInt8>) -> HTTPVersion? {
        guard text.count == 8, text.dropLast().isText("HTTP/1."), text.suffix(1).isDigits else { return nil }
        return text.last == UInt8(ascii: "0") ? .http10 : .http11
    }

    /// What the framing fields say, or nil when there are none. Throws when two readers could disagree.
    func declaredFraming(
        _ version: HTTPVersion, of sender: Sender = .client
    ) throws(BrokenInvariant) -> BodyFraming? {
        let codings = values("transfer-encoding")
        var lengths = values("content-length")
        if sender == .server {
            // The same one may come again.
            lengths = lengths.flatMap { $0.split(separator: UInt8(ascii: ",")).map(\.trimmed) }
            let first = lengths.first.flatMap(number)
            if first != nil, lengths.allSatisfy({ number($0) == first }) {
                lengths = Array(lengths.prefix(1))
            }
        }
        if let coding = codings.first {
            try require(codings.count == 1 && coding.lowercased.isText("chunked"), "took another coding")
            try require(version == .http11, "took a coding in HTTP/1.0")
            try require(lengths.isEmpty, "took a coding and a length")
            return .chunked
        }
        guard let text = lengths.first else { return nil }
        try require(lengths.count == 1 && text.isDigits, "took lengths \(lengths.map(\.quoted))")
        guard let length = Int64(String(decoding: text, as: UTF8.self)) else {
            throw BrokenInvariant("took a length over 2^63 - 1")
        }
        return .contentLength(UInt64(length))
    }

    /// Whether the connection goes on, by its version and fields alone.
    func keepsConnection(_ version: HTTPVersion) -> Bool {
        !hasMember("connection", "close") && (version == .http11 || hasMember("connection", "keep-alive"))
    }

    /// What the other side would switch to.
    func upgrade(_ version: HTTPVersion) -> [UInt8]? {
        version == .http11 && hasMember("connection", "upgrade") ? values("upgrade").first : nil
    }

    /// Holds the fields that a parser gave to the lines.
    func check(_ given: [HeadField], in bytes: [UInt8]) throws(BrokenInvariant) {
        try require(given.count == fields.count, "\(given.count) fields in \(fields.count) lines")
        let options = members("connection")
        for (field, plain) in zip(given, fields) {
            try require(bytes[field.name.indices].elementsEqual(plain.name), "another name: \(field)")
            try require(bytes[field.value.indices].elementsEqual(plain.value), "another value: \(field)")
            try require(field.known == plain.known, "\(plain.name.quoted) is taken for \(field.known)")
            let isOption = options.contains(plain.name.lowercased)
            try require(field.isConnectionOption == isOption, "\(plain.name.quoted): named by Connection?")
            for member in ["close", "websocket", ""] {
                let isMember = field.value.hasMember(member, in: bytes.span)
                try require(isMember == plain.hasMember(member), "\(plain.value.quoted) has \(member)?")
            }
        }
    }
}

private func number(_ text: [UInt8]) -> Int64? {
    text.isDigits ? Int64(String(decoding: text, as: UTF8.self)) : nil
}

/// Cuts bytes at every CRLF, and of a server at every LF. Throws at a CR or LF that is no such pair, and at other control bytes.
func linesOfText(
    _ bytes: some Sequence<UInt8>, of sender: Sender = .client
) throws(BrokenInvariant) -> [[UInt8]] {
    var lines: [[UInt8]] = [[]]
    var isReturn = false
    for byte in bytes {
        if isReturn || byte == 10 {
            try require(byte == 10 && (isReturn || sender == .server), "a bare CR or LF")
            isReturn = false
            lines.append([])
        } else if byte == 13 {
            isReturn = true
        } else {
            try require([byte].isFieldText, "a control byte: \(byte)")
            lines[lines.count - 1].append(byte)
        }
    }
    try require(!isReturn, "a bare CR")
    return lines
}
