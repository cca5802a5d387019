import HTTPWire

/// Writes the answer that we give ourselves, when no server can.
enum ErrorAnswer {
    /// How long a client should wait before it asks again, in seconds: checks bring a server back
    /// about as fast.
    static let retryAfter: UInt64 = 1

    /// Writes head and body; HEAD gets the head alone (RFC 9110 section 9.3.2).
    static func write(
        _ reason: ExchangeReason, asJSON: Bool, toHead: Bool, connection: ConnectionOption,
        into writer: inout ByteWriter
    ) {
        let phrase = ReasonPhrase.text(reason.status)
        let body =
            asJSON
            ? "{\"status\":\(reason.status),\"reason\":\"\(reason.word)\",\"detail\":\"\(reason.detail)\"}\n"
            : "\(reason.status) \(phrase): \(reason.word): \(reason.detail)\n"
        writer.writeStatusLine(reason.status, phrase)
        writer.writeField("Content-Type", asJSON ? "application/json" : "text/plain; charset=utf-8")
        writer.writeField("Content-Length", UInt64(body.utf8.count))
        if reason.status == 405 { writer.writeField("Allow", HTTPMethod.known) }
        if reason.status == 503 { writer.writeField("Retry-After", retryAfter) }
        connection.write(into: &writer)
        writer.endHead()
        if !toHead { writer.write(body) }
    }
}
