/// Text of the input, made fit for messages and for YAML.
enum QuotedText {
    /// The longest piece of input that a message repeats, in characters.
    static let longestQuote = 80

    /// In quotation marks, shortened when it is long.
    static func quote(_ text: String) -> String {
        text.count > longestQuote ? "\"\(text.prefix(longestQuote))…\"" : "\"\(text)\""
    }

    /// With every character that does not print written as `\u{…}`.
    static func printable(_ text: String) -> String {
        guard !text.unicodeScalars.allSatisfy(isPrintable) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
    }

    /// As a YAML scalar that any reader takes for this very text: plain where that is safe.
    static func yaml(_ text: String) -> String {
        let safe = text.unicodeScalars.allSatisfy {
            isWordCharacter($0) || "-_./:".unicodeScalars.contains($0)
        }
        let starts = text.unicodeScalars.first.map { isWordCharacter($0) || $0 == "/" } ?? false
        guard safe, starts, !text.hasSuffix(":") else { return doubleQuoted(text) }
        return text
    }

    private static func doubleQuoted(_ text: String) -> String {
        let inner = text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\"" || scalar == "\\" {
                result += "\\\(scalar)"
            } else if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return "\"\(inner)\""
    }

    /// Whether a scalar shows as itself: controls and separators move the cursor, format characters
    /// hide or turn text around.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: true
        }
    }

    /// A letter or digit of ASCII.
    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
