import Balancing
import Proxy
import Time

extension ExchangeRecord {
    /// One line for the access log: who asked for what, who answered, how, and why.
    func logLine(_ service: String, of pool: Pool) -> String {
        let status = status == 0 ? "-" : "\(status)"
        return """
            access \(service.word) \(client) \(request.text.quoted) \(status) bytes=\(bytesToClient) \
            server=\(server.map { pool.name(of: $0).word } ?? "-") attempts=\(attempts) reused=\(isReused ? "yes" : "no") \
            time=\(duration.milliseconds)ms reason=\(reason.word)\(brokenRule.map { " rule=\($0.word)" } ?? "")
            """
    }
}

extension SessionRecord {
    /// One line for the access log: who was connected to which server, how much moved, and how it ended.
    func logLine(_ service: String, of pool: Pool) -> String {
        """
        access \(service.word) \(client ?? "-") tcp sent=\(sent) received=\(received) \
        server=\(server.map { pool.name(of: $0).word } ?? "-") attempts=\(attempts) time=\(duration.milliseconds)ms reason=\(reason)
        """
    }
}

extension TimeSpan {
    /// Milliseconds with two decimals.
    fileprivate var milliseconds: Double { Double(inNanoseconds / 10_000) / 100 }
}

extension String {
    /// In quotes, with all that would end them, break the line or steer a terminal written as an escape.
    fileprivate var quoted: String {
        "\"" + unicodeScalars.reduce(into: "") { $0 += $1.escaped(asASCII: true) } + "\""
    }

    /// As one word: names may have blanks, and a field of a line may not.
    fileprivate var word: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar == " " ? "\\u{20}" : scalar.escaped(asASCII: true)
        }
    }
}
