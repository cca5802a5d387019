import Balancing
import Sockets

/// Why a text is no value.
struct Problem: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// How a kind of value is written: the same in the file, in flags and in the environment.
struct Format<Value> {
    /// Reads a text, or says what is wrong and what would be right.
    let read: (String) throws(Problem) -> Value
}

extension Format where Value == Endpoint {
    /// Where to listen: any endpoint.
    static var listenAddress: Format {
        Format { text throws(Problem) in try readEndpoint(text) }
    }

    /// Where a server is reached: an endpoint with a port to connect to.
    static var serverAddress: Format {
        Format { text throws(Problem) in
            let endpoint = try readEndpoint(text)
            if case .tcp(_, port: 0) = endpoint {
                throw Problem(
                    "\(QuotedText.quote(text)) is not a server's address: its port must be 1 to 65535")
            }
            return endpoint
        }
    }

    private static func readEndpoint(_ text: String) throws(Problem) -> Endpoint {
        do throws(EndpointError) {
            return try Endpoint(text)
        } catch {
            let rule = "\(error.problem) (an address is \(EndpointError.forms))"
            throw Problem("\(QuotedText.quote(text)) is not an address: \(rule)")
        }
    }
}

extension Format where Value == AddressRange {
    /// An IP address, or a network of them.
    static var addressRange: Format {
        Format { text throws(Problem) in
            do throws(AddressRangeError) {
                return try AddressRange(text)
            } catch {
                let rule = "\(error.problem) (a range is \(AddressRangeError.forms))"
                throw Problem("\(QuotedText.quote(text)) is not an address range: \(rule)")
            }
        }
    }
}

extension Format where Value == Bool {
    /// A switch. Of YAML 1.1's many words for one, these two are what a person says.
    static var onOrOff: Format {
        Format { text throws(Problem) in
            guard text == "on" || text == "off" else {
                throw Problem("\(QuotedText.quote(text)) is neither \"off\" nor \"on\"")
            }
            return text == "on"
        }
    }
}

extension Format where Value: CaseIterable & RawRepresentable<String> {
    /// One of a few words.
    static func choice(_ kind: String) -> Format {
        Format { text throws(Problem) in
            guard let value = Value(rawValue: text) else {
                throw Problem(Suggestion.unknown(kind, text, among: Value.allCases.map(\.rawValue)))
            }
            return value
        }
    }
}

extension Format where Value == Int {
    /// A whole number in decimal digits; a sign, a leading zero, `_` or `0x` mean something else to
    /// each reader of YAML, so they are refused.
    static func integer(in range: ClosedRange<Int>) -> Format {
        Format { text throws(Problem) in
            guard isDecimal(text), let number = Int(text), range.contains(number) else {
                let rule = "a whole number from \(range.lowerBound) to \(range.upperBound)"
                throw Problem("\(QuotedText.quote(text)) is not \(rule)")
            }
            return number
        }
    }

    /// A status that may count as a server's failure.
    static var failureStatus: Format {
        Format { text throws(Problem) in
            guard isDecimal(text), let status = Int(text), Limits.failureStatus.contains(status),
                !Limits.requestStatuses.contains(status)
            else {
                let rule = "a status from 500 to 599, without 501 and 505, which are about the request"
                throw Problem("\(QuotedText.quote(text)) is not \(rule)")
            }
            return status
        }
    }

    private static func isDecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } && (text == "0" || text.first != "0")
    }
}

extension Format where Value == Int? {
    /// `auto` (nil) or a number.
    static func automaticOrInteger(in range: ClosedRange<Int>) -> Format {
        Format { text throws(Problem) in
            if text == "auto" { return nil }
            do throws(Problem) {
                return try Format<Int>.integer(in: range).read(text)
            } catch {
                throw Problem("\(error.message), nor \"auto\"")
            }
        }
    }
}

extension Format where Value == ClosedRange<Int> {
    /// An HTTP status, or a range of them.
    static var statusRange: Format {
        Format { text throws(Problem) in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { part in part.utf8.count == 3 ? Int(part) : nil }
            guard parts.count <= 2, numbers.count == parts.count, numbers.allSatisfy(Limits.status.contains),
                let first = numbers.first, let last = numbers.last, first <= last
            else {
                let rule = "a status from 100 to 599 such as 200, or a range such as 200-399"
                throw Problem("\(QuotedText.quote(text)) is not \(rule)")
            }
            return first...last
        }
    }
}

extension Format where Value == String {
    /// How a person calls a server.
    static var serverName: Format {
        Format { text throws(Problem) in
            guard Limits.name.contains(text.count), text.unicodeScalars.allSatisfy(QuotedText.isPrintable),
                text.first?.isWhitespace == false, text.last?.isWhitespace == false
            else {
                let rule = "1 to 64 characters that print, with no space at its start or end"
                throw Problem("\(QuotedText.quote(text)) is not a name: a name is \(rule)")
            }
            guard text.utf8.count <= Limits.nameBytes else {
                throw Problem(
                    "the name has \(text.utf8.count) bytes in UTF-8, and may have \(Limits.nameBytes)")
            }
            try refuseDots(text)
            return text
        }
    }

    /// Clients take these two out of every path (RFC 3986 section 5.2.4), escaped or not, so the API could not be asked
    /// for what is called so.
    private static func refuseDots(_ text: String) throws(Problem) {
        guard text == "." || text == ".." else { return }
        throw Problem(
            "\"\(text)\" cannot be a name: in the path of a URL it means a folder, so the API could not reach it"
        )
    }

    /// A service's name, which is also part of metrics and paths.
    static var serviceName: Format {
        Format { text throws(Problem) in
            let isPlain = text.unicodeScalars.allSatisfy {
                QuotedText.isWordCharacter($0) || $0 == "-" || $0 == "_" || $0 == "."
            }
            guard Limits.name.contains(text.count), isPlain else {
                let rule = "1 to 64 letters, digits, \"-\", \"_\" or \".\""
                throw Problem("\(QuotedText.quote(text)) is not a service's name: that is \(rule)")
            }
            try refuseDots(text)
            return text
        }
    }

    /// The target of a request (RFC 9112 section 3.2.1): a path and perhaps a query, as RFC 3986 (sections 3.3 and 3.4)
    /// has them. Strict servers answer 400 to any other byte, and a fragment is never sent.
    static var requestPath: Format {
        Format { text throws(Problem) in
            let quoted = QuotedText.quote(text)
            guard text.first == "/", text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Problem(
                    "\(quoted) is not a path: it starts with \"/\" and has no spaces and only ASCII")
            }
            guard text.utf8.count <= Limits.pathBytes else {
                throw Problem("the path has \(text.utf8.count) bytes, and may have \(Limits.pathBytes)")
            }
            guard !text.contains("#") else {
                throw Problem(
                    "\(quoted) is not a path: what follows \"#\" is never sent; write %23 for the sign itself"
                )
            }
            if let stray = text.unicodeScalars.first(where: "\"<>[\\]^`{|}".unicodeScalars.contains) {
                let escape = "%" + String(stray.value, radix: 16, uppercase: true)
                throw Problem("\(quoted) is not a path: \"\(stray)\" cannot stand in one; write \(escape)")
            }
            guard hasWholeEscapes(text) else {
                throw Problem(
                    "\(quoted) is not a path: \"%\" begins two hexadecimal digits; write %25 for the sign itself"
                )
            }
            return text
        }
    }

    /// RFC 3986 section 2.1.
    private static func hasWholeEscapes(_ text: String) -> Bool {
        text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy { rest in
            rest.utf8.count >= 2 && rest.prefix(2).allSatisfy(\.isHexDigit)
        }
    }
}
