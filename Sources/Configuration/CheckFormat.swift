import Sockets

extension Format where Value == CheckMethod {
    /// The method of a check.
    static var checkMethod: Format {
        Format { text throws(Problem) in
            if let method = CheckMethod(rawValue: text) { return method }
            let names = CheckMethod.allCases.map(\.rawValue)
            guard Suggestion.nearest(to: text, among: names) == nil else {
                throw Problem(Suggestion.unknown("method", text, among: names))
            }
            let rule = "a check asks and changes nothing (\(names.joined(separator: ", ")))"
            throw Problem("\(QuotedText.quote(text)) is no method of a check: \(rule)")
        }
    }
}

extension Format where Value == String {
    /// The value of a `Host` field (RFC 9110 section 7.2): a name or an IP address, and perhaps a port.
    static var hostField: Format {
        Format { text throws(Problem) in
            guard isHost(text) else {
                let forms = "shop.example or \"[::1]:8080\""
                let rule = "a name or an IP address, and perhaps a port, such as \(forms)"
                throw Problem("\(QuotedText.quote(text)) is not a host: that is \(rule)")
            }
            return text
        }
    }

    /// An endpoint knows hosts with a port: one without gets one for the comparison.
    private static func isHost(_ text: String) -> Bool {
        if case .tcp = try? Endpoint("\(text):1") { return true }
        guard text.contains(":"), case .tcp(_, let port) = try? Endpoint(text) else { return false }
        return port > 0
    }

    /// The value of a field that is sent: visible ASCII, with spaces only inside (RFC 9110 section 5.5, without its
    /// bytes above ASCII, which servers read in different ways). The text may be secret: no message repeats it.
    static func fieldValue(of name: String) -> Format {
        Format { text throws(Problem) in
            guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), text.first != " ", text.last != " "
            else {
                let rule = "printable ASCII, with no space at its start or end"
                throw Problem("the value of the field \(QuotedText.quote(name)) is not one: that is \(rule)")
            }
            return text
        }
    }
}
