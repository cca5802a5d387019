/// Finds what somebody probably meant.
enum Suggestion {
    /// The longest input that is compared, in characters: anything longer is no slip of the finger.
    private static let longestInput = 40

    /// The candidate nearest to a text; nil when none is near.
    static func nearest(to text: String, among candidates: [String]) -> String? {
        guard !text.isEmpty, text.count <= longestInput else { return nil }
        let wanted = letters(of: text)
        let rated = candidates.map { (name: $0, distance: distance(wanted, letters(of: $0))) }
        guard let best = rated.min(by: { $0.distance < $1.distance }) else { return nil }
        if best.distance <= max(1, wanted.count / 3) { return best.name }
        return wanted.count >= 3 ? candidates.first { letters(of: $0).starts(with: wanted) } : nil
    }

    /// The key of a text such as `type:http`, which YAML takes for one word; nil when it begins with none of these keys.
    static func keyWithoutSpace(in text: String, among keys: [String]) -> String? {
        guard let colon = text.firstIndex(of: ":"), keys.contains(String(text[..<colon])) else { return nil }
        return String(text[..<colon])
    }

    /// What an unknown word gets told: `unknown key "lisen"; did you mean "listen"? (listen, mode)`.
    static func unknown(_ kind: String, _ text: String, among candidates: [String]) -> String {
        let hint = nearest(to: text, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
        return "unknown \(kind) \(QuotedText.quote(text))\(hint) (\(candidates.joined(separator: ", ")))"
    }

    /// Case, `-` and `_` are what people mix up first, so they do not count.
    private static func letters(of text: String) -> [Character] {
        text.lowercased().filter { $0 != "-" && $0 != "_" }
    }

    /// The edit distance with swapped neighbours as one edit (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                let cost = left[i] == right[j] ? 0 : 1
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + cost)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
