@testable import HTTPWire

/// Holds the reading of some bytes as a request's head, and the writing of what was understood, to all
/// that must be true of any bytes.
func checkRequestHead(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let input = FuzzInput(bytes)
    try checkValueWriting(input.message)
    try checkIPv6Literal(input.message)
    try checkBeginning(input.message)
    let isTight = input.options & 1 != 0
    let reading = try readRequest(input, isTight ? .tight : .standard)
    if isTight { try checkTightness(reading, try readRequest(input, .standard)) }
    guard case .head(let head, let length) = reading else { return }
    let plain = try PlainHead(input.message[..<length])
    try checkRequestLine(head, plain, input.message)
    try plain.check(head.fields, in: input.message)
    try checkSemantics(head, plain, input.message)
    try RequestRewriting(head, of: input.message).check()
}

/// A request that leaves a trace in every variable of a parser.
private let otherRequest = Array(
    """
    \r\nPOST http://other.test:81/a?b HTTP/1.0\r\nHost: o\r\nContent-Length: 7\r\nUpgrade: x\r
    Connection: keep-alive, upgrade, X-Other\r\nX-Other: 1\r\nExpect: 100-continue\r\n\r\n
    """.utf8)

private func readRequest(
    _ input: FuzzInput, _ limits: HeadLimits
) throws(BrokenInvariant) -> HeadReading<RequestHead> {
    let fresh = RequestParser(limits: limits)
    var used = fresh
    _ = used.parse(otherRequest.span)
    used.reset(keepingMemory: input.options & 2 == 0)
    return try HeadReader(bytes: input.message, limits: limits, fresh: fresh, used: used).read(input)
}

/// A request has begun with any byte that is not of the one empty line that may come before it.
private func checkBeginning(_ bytes: [UInt8]) throws(BrokenInvariant) {
    for end in 0...min(bytes.count, 4) {
        var parser = RequestParser()
        _ = parser.parse(bytes.span.extracting(0..<end))
        let isSilent = [[], [13], [13, 10]].contains(Array(bytes[..<end]))
        try require(parser.hasBegun == !isSilent, "has begun: \(parser.hasBegun) after \(end) bytes")
    }
}

private func checkRequestLine(
    _ head: RequestHead, _ plain: PlainHead, _ bytes: [UInt8]
) throws(BrokenInvariant) {
    let parts = plain.startLine.split(separator: 32, omittingEmptySubsequences: false)
    try require(parts.count == 3, "took a request line of \(parts.count) parts")
    let name = bytes[head.methodName.indices]
    try require(name.elementsEqual(parts[0]) && name.isToken, "another method: \(name.quoted)")
    try require(!name.isText("CONNECT") && !name.isText("TRACE"), "took \(name.quoted)")
    let method = HTTPMethod.allCases.first { name.isText($0.text) } ?? .other
    try require(head.method == method, "\(name.quoted) is taken for \(head.method)")
    try require(bytes[head.target.text.indices].elementsEqual(parts[1]), "another target")
    try checkTarget(head, bytes)
    try require(head.version == PlainHead.version(parts[2]), "\(parts[2].quoted) is \(head.version)")
}

private func checkTarget(_ head: RequestHead, _ bytes: [UInt8]) throws(BrokenInvariant) {
    let target = head.target
    let text = bytes[target.text.indices]
    try require(text.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") }, "took \(text.quoted)")
    switch target.form {
    case .origin:
        try require(text.first == UInt8(ascii: "/") && target.path == target.text, "no path: \(text.quoted)")
    case .asterisk:
        try require(text.isText("*") && target.path == target.text, "no asterisk: \(text.quoted)")
        try require(head.method == .options, "took an asterisk with \(head.method)")
    case .absolute:
        let rest = text.dropFirst(7)
        let host = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        try require(text.prefix(7).lowercased.isText("http://"), "took another scheme: \(text.quoted)")
        try require(target.authority?.indices == host.indices, "another host: \(text.quoted)")
        try require(target.path.indices == rest.dropFirst(host.count).indices, "another path: \(text.quoted)")
    }
    try require((target.authority != nil) == (target.form == .absolute), "a host in \(text.quoted)")
}

private func checkSemantics(
    _ head: RequestHead, _ plain: PlainHead, _ bytes: [UInt8]
) throws(BrokenInvariant) {
    let hosts = plain.values("host")
    try require(hosts.count == 1 || hosts.isEmpty && head.version == .http10, "\(hosts.count) hosts")
    for host in hosts { try checkAuthority(host) }
    if let authority = head.target.authority { try checkAuthority(Array(bytes[authority.indices])) }
    let host = head.target.authority.map { Array(bytes[$0.indices]) } ?? hosts.first
    try require(head.host.map { Array(bytes[$0.indices]) } == host, "another host")

    let framing = try plain.declaredFraming(head.version) ?? .none
    try require(head.framing == framing, "\(head.framing) but \(framing)")
    try require(head.keepAlive == plain.keepsConnection(head.version), "keepAlive \(head.keepAlive)")
    let upgrade = head.upgrade.map { Array(bytes[$0.indices]) }
    try require(upgrade == plain.upgrade(head.version), "another upgrade: \(upgrade?.quoted ?? "none")")

    let expectations = plain.values("expect")
    try require(expectations.allSatisfy { $0.lowercased.isText("100-continue") }, "took an expectation")
    let expects = head.version == .http11 && !expectations.isEmpty && head.framing.hasContent
    try require(head.expectsContinue == expects, "expectsContinue \(head.expectsContinue)")
}

/// A host cannot be read as two, or as part of a path or a name of a user.
private func checkAuthority(_ host: [UInt8]) throws(BrokenInvariant) {
    let signs = Array("-._~%:[]".utf8)
    let isName = host.lowercased.allSatisfy { signs.contains($0) || $0 >= 97 && $0 <= 122 || [$0].isDigits }
    try require(isName && !host.isEmpty && host.first != UInt8(ascii: ":"), "took the host \(host.quoted)")
    let afterLiteral = host.drop { $0 != UInt8(ascii: "]") }
    let port = (afterLiteral.isEmpty ? host[...] : afterLiteral).drop { $0 != UInt8(ascii: ":") }.dropFirst()
    let number = port.isEmpty ? 0 : Int(String(decoding: port, as: UTF8.self))
    try require(number.map { $0 <= 65_535 } == true, "took the port of \(host.quoted)")
}

/// A tighter limit can turn an outcome into the violation of that limit, and into nothing else.
func checkTightness<Head>(
    _ tight: HeadReading<Head>, _ standard: HeadReading<Head>
) throws(BrokenInvariant) {
    switch tight {
    case .invalid(.headTooLarge), .invalid(.tooManyFields), .invalid(.requestLineTooLong): return
    default: try require(tight.equals(standard), "\(tight) with tight limits, otherwise \(standard)")
    }
}
