import LoadTesting

/// The fields that `-H` gives, each of which is sent as it is, or refused.
struct LoadFields {
    /// The value of `Host`; nil for the URL's.
    private(set) var host: String?
    /// Whether `Connection: close`, by which wrk is told so, asks for what `--disable-keepalive` does.
    private(set) var closes = false
    /// All that the plan gets as they are.
    private(set) var others: [LoadPlan.Header] = []

    init(_ texts: [String]) throws(LoadMistake) {
        for text in texts {
            let field = try Self.field(text)
            switch field.name.lowercased() {
            case "host":
                guard host == nil else { throw LoadMistake("-H \"\(text)\": a request has one Host") }
                host = field.value
            case "connection" where field.value.lowercased() == "close": closes = true
            default: others.append(field)
            }
        }
    }

    /// As curl has it: `Name: value`, and `Name;` for a field without a value. `Name:` leaves a field out in curl and sends
    /// it without a value in hey, so it is refused.
    private static func field(_ text: String) throws(LoadMistake) -> LoadPlan.Header {
        guard !text.contains("\u{FFFD}") else { throw LoadMistake("-H \"\(text)\" is not UTF-8") }
        guard let colon = text.firstIndex(of: ":") else {
            if text.hasSuffix(";"), text.count > 1 { return LoadPlan.Header(String(text.dropLast()), "") }
            throw LoadMistake(
                "-H \"\(text)\": a field is written 'Name: value', and 'Name;' for one without a value")
        }
        let name = String(text[..<colon])
        let value = withoutBlanksAround(text[text.index(after: colon)...])
        guard !name.isEmpty else { throw LoadMistake("-H \"\(text)\": a field is written 'Name: value'") }
        guard !value.isEmpty else {
            throw LoadMistake("-H \"\(text)\" has no value: 'Name;' sends a field without one")
        }
        return LoadPlan.Header(name, value)
    }

    private static func withoutBlanksAround(_ text: Substring) -> String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
