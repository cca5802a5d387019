import Time

/// Numbers and time spans in the arguments of `evenkeel load`.
enum LoadNumber {
    /// The units of time spans, the longest name first, in microseconds.
    private static let units: [(name: String, worth: Double)] = [
        ("min", 60e6), ("ms", 1e3), ("us", 1), ("µs", 1), ("s", 1e6), ("m", 60e6), ("h", 3600e6),
    ]

    /// A whole number in a range.
    static func count(_ text: String, _ name: String, in range: ClosedRange<Int>) throws(LoadMistake) -> Int {
        guard let number = Int(text.filter { $0 != "_" && $0 != "," }) else {
            throw LoadMistake("\(name) \"\(text)\" is not a whole number")
        }
        guard range.contains(number) else {
            throw LoadMistake(
                "\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
        }
        return number
    }

    /// Requests a second: `100`, `0.5` or `100/s`.
    static func rate(_ text: String, _ name: String) throws(LoadMistake) -> Double {
        let number = text.hasSuffix("/s") ? text.dropLast(2) : text[...]
        guard let rate = decimal(number) else {
            throw LoadMistake("\(name) \"\(text)\" is not a number of requests a second")
        }
        return rate
    }

    /// A time span: `500ms`, `1.5s`, `2m`; a number alone is in seconds.
    static func span(_ text: String, _ name: String) throws(LoadMistake) -> Duration {
        guard let microseconds = microseconds(text, unitless: 1e6), microseconds < 1e15 else {
            throw LoadMistake("\(name) \"\(text)\" is not a time span: write 500ms, 10s, 2m or 1h")
        }
        return .microseconds(Int64(microseconds.rounded()))
    }

    /// A time span in microseconds; nil when it is none.
    ///
    /// - Parameter unitless: what a number without a unit is worth.
    static func microseconds(_ text: String, unitless: Double) -> Double? {
        for unit in units where text.hasSuffix(unit.name) {
            return decimal(text.dropLast(unit.name.count)).map { $0 * unit.worth }
        }
        return decimal(text[...]).map { $0 * unitless }
    }

    /// A plain decimal number that is not negative: no exponent, no `inf`, no `nan`.
    static func decimal(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
        else {
            return nil
        }
        return Double(text)
    }
}
