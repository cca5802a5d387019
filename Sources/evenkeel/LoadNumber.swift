import Time

/// Numbers and time spans in the arguments of `evenkeel load`.
enum LoadNumber {
    /// The units of time spans, the longest name first, in microseconds.
    private static let units: [(name: String, worth: Double)] = [
        ("min", 60e6), ("ms", 1e3), ("us", 1), ("µs", 1), ("s", 1e6), ("m", 60e6), ("h", 3600e6),
    ]

    /// Longer than any span that is allowed, in microseconds: some thirty years.
    private static let endless = 1e15

    /// A whole number in a range: digits alone.
    static func count(_ text: String, _ name: String, in range: ClosedRange<Int>) throws(LoadMistake) -> Int {
        guard withoutSign(text).utf8.allSatisfy(isDigit), !withoutSign(text).isEmpty else {
            throw LoadMistake("\(name) \"\(text)\" is not a whole number")
        }
        // One with too many digits for Int is in no range either.
        guard let number = Int(text), range.contains(number) else {
            throw LoadMistake("\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    /// Requests a second: `100`, `0.5` or `100/s`. The plan says which are allowed.
    static func rate(_ text: String, _ name: String) throws(LoadMistake) -> Double {
        let number = withoutSign(text)
        guard let rate = decimal(number.hasSuffix("/s") ? number.dropLast(2) : number) else {
            throw LoadMistake("\(name) \"\(text)\" is not a number of requests a second")
        }
        return text.hasPrefix("-") ? -rate : rate
    }

    /// A time span: `500ms`, `1.5s`, `2m`; a number alone is in seconds. The plan says which are allowed.
    static func span(_ text: String, _ name: String) throws(LoadMistake) -> TimeSpan {
        guard let microseconds = microseconds(withoutSign(text), unitless: 1e6) else {
            throw LoadMistake("\(name) \"\(text)\" is not a time span: write 500ms, 10s, 2m or 1h")
        }
        return .microseconds(
            text.hasPrefix("-") ? -1 : Int64(min(microseconds, endless).rounded()))
    }

    private static func withoutSign(_ text: String) -> Substring {
        text.hasPrefix("-") ? text.dropFirst() : text[...]
    }

    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// A time span in microseconds; nil when it is none.
    ///
    /// - Parameter unitless: what a number without a unit is worth.
    static func microseconds(_ text: Substring, unitless: Double) -> Double? {
        for unit in units where text.hasSuffix(unit.name) {
            return decimal(text.dropLast(unit.name.count)).map { $0 * unit.worth }
        }
        return decimal(text).map { $0 * unitless }
    }

    /// A plain decimal number that is not negative: no exponent, no `inf`, no `nan`, and digits behind a point.
    static func decimal(_ text: Substring) -> Double? {
        guard let last = text.utf8.last, isDigit(last),
            text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }
}
