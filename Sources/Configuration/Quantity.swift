/// How a number with a unit is written, for one kind of quantity.
struct Quantity {
    /// With its article, for messages: `a time span`.
    let name: String
    /// What it is a whole number of.
    let whole: String
    /// The units as messages list them, each with what it is worth.
    let units: [(name: String, worth: Int64)]
    /// The two units that a number without one may have meant.
    let usual: [String]
    let examples: String

    /// The number in whole parts; nil for one that is out of any range.
    func read(_ text: String) throws(Problem) -> Int64? {
        let quoted = QuotedText.quote(text)
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
        let unit = String(text.dropFirst(number.count))
        guard number.contains(where: \.isNumber) else {
            throw Problem("\(quoted) is not \(name): write a number and a unit, such as \(examples)")
        }
        guard !unit.isEmpty else {
            let remedies = usual.map { text + $0 }.joined(separator: " or ")
            throw Problem("\(quoted) has no unit: write \(remedies)")
        }
        guard let worth = units.first(where: { $0.name == unit })?.worth else {
            let list = units.map(\.name).joined(separator: ", ")
            throw Problem("\(quoted) has an unknown unit \(QuotedText.quote(unit)) (\(list))")
        }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), !digits.dropFirst().contains("-") else {
            throw Problem("\(quoted) is not \(name): \(QuotedText.quote(String(number))) is not a number")
        }
        guard let number = Int64(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: worth)
        let divisor = try decimalPower(parts.count == 2 ? parts[1].count : 0, quoted)
        guard !overflow else { return nil }
        guard product % divisor == 0 else { throw tooFine(quoted) }
        return product / divisor
    }

    /// What the digits are divided by: decimal arithmetic, because a binary fraction would turn
    /// `0.3s` into 299 ms.
    private func decimalPower(_ decimals: Int, _ quoted: String) throws(Problem) -> Int64 {
        guard decimals <= 9 else { throw tooFine(quoted) }
        return (0..<decimals).reduce(Int64(1)) { power, _ in power * 10 }
    }

    private func tooFine(_ quoted: String) -> Problem {
        Problem("\(quoted) is too fine: \(name) is a whole number of \(whole)")
    }
}
