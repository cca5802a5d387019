@testable import HTTPWire

/// Holds the reading of some bytes as a response's head, and the writing of what was understood, to all
/// that must be true of any bytes.
func checkResponseHead(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let input = FuzzInput(bytes)
    let isTight = input.options & 1 != 0
    let method: HTTPMethod = input.options & 4 == 0 ? .get : .head
    let reading = try readResponse(input, method, isTight ? .tight : .standard)
    if isTight { try checkTightness(reading, try readResponse(input, method, .standard)) }
    guard case .head(let head, let length) = reading else { return }
    let plain = try PlainHead(input.message[..<length], of: .server)
    try checkStatusLine(head, plain, input.message)
    try plain.check(head.fields, in: input.message)
    try checkSemantics(head, plain, method, input.message)
    try ResponseRewriting(head, of: input.message).check(answering: method)
}

/// A response that leaves a trace in every variable of a parser.
private let otherResponse = Array(
    """
    HTTP/1.0 404 Not here\r\nContent-Length: 7\r\nUpgrade: x\r\nX-Other: 1\r
    Connection: keep-alive, upgrade, X-Other\r\n\r\n
    """.utf8)

private func readResponse(
    _ input: FuzzInput, _ method: HTTPMethod, _ limits: HeadLimits
) throws(BrokenInvariant) -> HeadReading<ResponseHead> {
    let fresh = ResponseParser(answering: method, limits: limits)
    var used = ResponseParser(answering: method == .head ? .get : .head, limits: limits)
    _ = used.parse(otherResponse.span)
    used.reset(answering: method, keepingMemory: input.options & 2 == 0)
    return try HeadReader(bytes: input.message, limits: limits, fresh: fresh, used: used).read(input)
}

/// The reason phrase may be absent, with or without the space before it.
private func checkStatusLine(
    _ head: ResponseHead, _ plain: PlainHead, _ bytes: [UInt8]
) throws(BrokenInvariant) {
    let line = plain.startLine
    try require(line.count >= 12 && line[8] == 32, "took the status line \(line.quoted)")
    try require(head.version == PlainHead.version(line[..<8]), "\(line.quoted) is \(head.version)")
    try require(line[9..<12].isDigits && (100...999).contains(head.status), "took \(line.quoted)")
    try require(Int(String(decoding: line[9..<12], as: UTF8.self)) == head.status, "\(head.status)")
    try require(line.count == 12 || line[12] == 32, "took the status line \(line.quoted)")
    try require(bytes[head.reasonPhrase.indices].elementsEqual(line.dropFirst(13)), "another reason phrase")
}

private func checkSemantics(
    _ head: ResponseHead, _ plain: PlainHead, _ method: HTTPMethod, _ bytes: [UInt8]
) throws(BrokenInvariant) {
    let declared = try plain.declaredFraming(head.version, of: .server)
    let isBodiless = method == .head || head.status < 200 || [204, 304].contains(head.status)
    let framing = isBodiless ? BodyFraming.none : declared ?? .untilClose
    try require(head.framing == framing, "\(head.framing) but \(framing)")
    if let length = head.contentLength {
        try require(declared == .contentLength(length), "declared \(length)")
    } else {
        try require(declared == nil || declared == .chunked, "overlooked a length")
    }
    let keeps = plain.keepsConnection(head.version) && framing != .untilClose && head.status != 101
    try require(head.keepAlive == keeps, "keepAlive \(head.keepAlive)")
    let upgrade = head.upgrade.map { Array(bytes[$0.indices]) }
    try require(upgrade == plain.upgrade(head.version), "another upgrade: \(upgrade?.quoted ?? "none")")
    try require(head.isInterim == (head.status < 200 && head.status != 101), "interim \(head.isInterim)")
}
