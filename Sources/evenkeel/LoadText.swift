/// Numbers as a person reads them: with thousands separators, three digits that matter, and a unit.
enum LoadText {
    /// `12,031`.
    static func count(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, digit != "-", text != "-" { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `1 request`, `12,031 requests`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// With so many decimals, and thousands separators before them.
    static func decimal(_ number: Double, _ decimals: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "–" }
        let power = (0..<decimals).reduce(1) { power, _ in power * 10 }
        let scaled = Int((abs(number) * Double(power)).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + count(scaled) }
        return sign + count(scaled / power) + "." + padded(String(scaled % power), decimals, with: "0")
    }

    /// `0.412 ms`, `14.2 ms`, `1,204 ms`.
    static func milliseconds(_ number: Double) -> String { milliseconds(number, like: number) }

    /// With as many decimals as suit another number: one point below the other in a column.
    static func milliseconds(_ number: Double, like other: Double) -> String {
        "\(decimal(number, other < 1 ? 3 : other < 10 ? 2 : other < 1000 ? 1 : 0)) ms"
    }

    /// `4.02 s`; less than a second in milliseconds.
    static func seconds(_ number: Double) -> String {
        number < 1 ? milliseconds(number * 1000) : "\(decimal(number, number < 100 ? 2 : 1)) s"
    }

    /// `3.1 MB`.
    static func bytes(_ number: Double) -> String {
        for (unit, worth) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where number >= worth {
            return "\(decimal(number / worth, 1)) \(unit)"
        }
        return "\(decimal(number, 0)) B"
    }

    /// `33.3 %`.
    static func share(_ part: Double) -> String { "\(decimal(part * 100, 1)) %" }

    /// Filled up at the left.
    static func padded(_ text: String, _ width: Int, with filler: Character = " ") -> String {
        String(repeating: filler, count: max(0, width - text.count)) + text
    }

    /// A bar of at most `width` characters, in eighths of one.
    static func bar(_ part: Double, _ width: Int) -> String {
        let eighths = Int((max(0, min(part, 1)) * Double(width) * 8).rounded())
        let rest = eighths % 8
        let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let bar = String(repeating: "█", count: eighths / 8) + blocks[rest]
        return bar.isEmpty && part > 0 ? "▏" : bar
    }
}
