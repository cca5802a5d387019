import Glibc

@testable import HTTPWire

/// Whatever a text holds, written as a value it stays on its line.
func checkValueWriting(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    var writer = ByteWriter(capacity: 1)
    writer.writeField("X-Text", text)
    let lines = try linesOfText(writer.copy)
    try require(lines.count == 2 && lines[1].isEmpty, "wrote \(lines.count) lines")
    let value = text.utf8.map { [$0].isFieldText ? $0 : UInt8(ascii: "?") }
    try require(lines[0] == Array("X-Text: ".utf8) + value, "wrote \(lines[0].quoted)")
}

/// The first text in brackets is an address of IPv6 exactly when the C library reads it as one.
func checkIPv6Literal(_ bytes: [UInt8]) throws(BrokenInvariant) {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "[")),
        let close = bytes[open...].firstIndex(of: UInt8(ascii: "]"))
    else { return }
    let literal = bytes[(open + 1)..<close]
    guard !literal.contains(0) else { return }
    var address = in6_addr()
    let isAddress = inet_pton(AF_INET6, literal.map { CChar(bitPattern: $0) } + [0], &address) == 1
    let isTaken = IPv6Literal.isValid(bytes.span, open + 1, close)
    try require(isTaken == isAddress, "\(literal.quoted) is taken: \(isTaken), an address: \(isAddress)")
}
