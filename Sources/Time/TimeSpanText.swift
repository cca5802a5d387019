extension TimeSpan {
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
