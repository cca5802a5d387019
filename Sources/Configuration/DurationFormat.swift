import Time

extension Format where Value == TimeSpan {
    /// A number with a unit: `500ms`, `1.5s`, `10m`, `1h`; whole milliseconds within ``Limits/duration``.
    static var duration: Format { span(in: Limits.duration, named: "a time span") }

    /// How long a server's first ejection lasts.
    static var ejection: Format { span(in: Limits.ejection, named: "the first ejection") }

    private static func span(in range: ClosedRange<TimeSpan>, named name: String) -> Format {
        Format { text throws(Problem) in
            let milliseconds = try quantity.read(text)
            guard let milliseconds, range.contains(.milliseconds(milliseconds)) else {
                let rule = "from \(range.lowerBound.text) to \(range.upperBound.text)"
                throw Problem("\(QuotedText.quote(text)) is out of range: \(name) is \(rule)")
            }
            return .milliseconds(milliseconds)
        }
    }

    private static var quantity: Quantity {
        Quantity(
            name: "a time span", whole: "milliseconds",
            units: [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)],
            usual: ["s", "ms"], examples: "500ms, 2s, 10m, 1h")
    }
}
