import Proxy
import Time

extension ExchangeRecord {
    /// One line for the access log: who asked for what, who answered, how, and why.
    func logLine(_ service: String) -> String {
        let request = request.text.quoted
        return """
            access \(service) \(client) \(request) \(status == 0 ? "-" : "\(status)") bytes=\(bytes) server=\(server ?? "-") \
            attempts=\(attempts) reused=\(isReused ? "yes" : "no") time=\(duration.milliseconds)ms reason=\(reason.word)
            """
    }
}

extension SessionRecord {
    /// One line for the access log: who was connected to which server, how much moved, and how it ended.
    func logLine(_ service: String) -> String {
        """
        access \(service) \(client) tcp sent=\(sent) received=\(received) server=\(server ?? "-") \
        attempts=\(attempts) time=\(duration.milliseconds)ms reason=\(reason)
        """
    }
}

extension Duration {
    /// Milliseconds with two decimals.
    fileprivate var milliseconds: Double { Double(inNanoseconds / 10_000) / 100 }
}

extension String {
    /// In quotes, with what would end them or steer a terminal written as an escape.
    fileprivate var quoted: String {
        let escaped = unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            default:
                text +=
                    scalar.value < 0x20 || scalar.value == 0x7F
                    ? scalar.escaped(asASCII: true) : String(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}
