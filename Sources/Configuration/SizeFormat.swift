/// A number of bytes.
enum Size {
    /// The binary units alone: `MB` is 2^20 bytes to some and 10^6 to others.
    static let units: [(name: String, bytes: Int)] = [
        ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// As a person writes it, in the largest unit that stays exact: `1GiB`, `1536MiB`.
    static func text(of bytes: Int) -> String {
        let unit = units.last { bytes % $0.bytes == 0 && bytes >= $0.bytes } ?? units[0]
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}

extension Format where Value == Int {
    /// A size in bytes: `64KiB`, `1.5GiB`; a whole number of bytes within the range.
    static func size(in range: ClosedRange<Int>) -> Format {
        Format { text throws(Problem) in
            let bytes = try sizes.read(text).flatMap(Int.init(exactly:))
            guard let bytes, range.contains(bytes) else {
                let rule = "from \(Size.text(of: range.lowerBound)) to \(Size.text(of: range.upperBound))"
                throw Problem("\(QuotedText.quote(text)) is out of range: this size is \(rule)")
            }
            return bytes
        }
    }

    private static var sizes: Quantity {
        Quantity(
            name: "a size", whole: "bytes", units: Size.units.map { ($0.name, Int64($0.bytes)) },
            usual: ["MiB", "B"], examples: "64KiB, 10MiB, 1GiB")
    }
}
