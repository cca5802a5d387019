extension Duration {
    /// This span in whole nanoseconds, cut off towards zero; saturates at ±292 years.
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflowed else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// This span in whole milliseconds, cut off towards zero.
    public var inMilliseconds: Int64 { inNanoseconds / 1_000_000 }

    /// This span in seconds.
    public var inSeconds: Double { Double(inNanoseconds) / 1e9 }

    /// As a person writes it, in the largest unit that stays exact: `10s`, `1500ms`, `2m`.
    ///
    /// The configuration reads the same form.
    public var text: String {
        let units: [(name: String, nanoseconds: Int64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
            ("us", 1_000),
        ]
        let total = inNanoseconds
        guard total != 0 else { return "0s" }
        for unit in units where total % unit.nanoseconds == 0 {
            return "\(total / unit.nanoseconds)\(unit.name)"
        }
        return "\(total)ns"
    }
}
