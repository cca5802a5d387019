import Time

extension Format where Value == Duration {
    /// A number with a unit: `500ms`, `1.5s`, `10m`, `1h`; whole milliseconds within ``Limits/duration``.
    static var duration: Format {
        Format { text throws(Problem) in
            let milliseconds = try readMilliseconds(text)
            let range = Limits.duration
            guard let milliseconds, range.contains(.milliseconds(milliseconds)) else {
                let rule = "from \(range.lowerBound.text) to \(range.upperBound.text)"
                throw Problem("\(QuotedText.quote(text)) is out of range: a time span is \(rule)")
            }
            return .milliseconds(milliseconds)
        }
    }

    /// The units in milliseconds.
    private static var units: [String: Int64] { ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000] }

    /// Nil for a number that is out of any range.
    private static func readMilliseconds(_ text: String) throws(Problem) -> Int64? {
        let quoted = QuotedText.quote(text)
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        let unit = String(text.dropFirst(number.count))
        guard number.contains(where: \.isNumber) else {
            throw Problem(
                "\(quoted) is not a time span: write a number and a unit, such as 500ms, 2s, 10m, 1h")
        }
        guard !unit.isEmpty else {
            throw Problem("\(quoted) has no unit: write \(text)s or \(text)ms")
        }
        guard let scale = units[unit] else {
            throw Problem("\(quoted) has an unknown unit \(QuotedText.quote(unit)) (ms, s, m, h)")
        }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), !digits.dropFirst().contains("-") else {
            throw Problem("\(quoted) is not a time span: \(QuotedText.quote(String(number))) is not a number")
        }
        guard let number = Int64(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: scale)
        let divisor = try decimalPower(parts.count == 2 ? parts[1].count : 0, quoted)
        guard !overflow else { return nil }
        guard product % divisor == 0 else { throw tooFine(quoted) }
        return product / divisor
    }

    /// What the digits are divided by: decimal arithmetic, because a binary fraction would turn
    /// `0.3s` into 299 ms.
    private static func decimalPower(_ decimals: Int, _ quoted: String) throws(Problem) -> Int64 {
        guard decimals <= 9 else { throw tooFine(quoted) }
        return (0..<decimals).reduce(Int64(1)) { power, _ in power * 10 }
    }

    private static func tooFine(_ quoted: String) -> Problem {
        Problem("\(quoted) is too fine: a time span is a whole number of milliseconds")
    }
}
