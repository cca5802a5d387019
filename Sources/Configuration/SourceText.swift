/// The text of a file by lines, which finds places in it.
struct SourceText {
    /// What messages call the file.
    let name: String
    /// All of it, without a byte order mark.
    let text: String
    private let lines: [Substring]

    /// The longest excerpt of a line, in characters: wider ones wrap, and the caret would be lost.
    private static let widestExcerpt = 120

    init(name: String, text: String) {
        let body = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        self.name = name
        self.text = body
        self.lines = Self.split(body)
    }

    /// How many lines there are.
    var lineCount: Int { lines.count }

    /// The first line that is too long to be told apart from an attack; nil when there is none.
    var overlongLine: Place? {
        let limit = Limits.lineLength
        guard let index = lines.firstIndex(where: { $0.unicodeScalars.dropFirst(limit).first != nil })
        else { return nil }
        return .file(name: name, line: index + 1, column: limit + 1)
    }

    /// The same text with other characters at a place, on the same line.
    func replacing(line: Int, scalars range: Range<Int>, with replacement: String) -> String? {
        guard lines.indices.contains(line - 1) else { return nil }
        let scalars = lines[line - 1].unicodeScalars
        guard
            let start = scalars.index(
                scalars.startIndex, offsetBy: range.lowerBound, limitedBy: scalars.endIndex),
            let end = scalars.index(start, offsetBy: range.count, limitedBy: scalars.endIndex)
        else { return nil }
        return text[..<start] + replacement + text[end...]
    }

    /// A line, counted from 1; empty beyond the end.
    func line(_ number: Int) -> Substring {
        lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }

    /// A place by its line and Unicode scalar, both counted from 1, as libYAML counts.
    func place(line: Int, scalar: Int) -> Place {
        let prefix = self.line(line).unicodeScalars.prefix(scalar - 1)
        return .file(name: name, line: line, column: Substring(prefix).count + 1)
    }

    /// A place by its distance from the start of the text in characters.
    func place(offset: Int) -> Place {
        let index = text.index(text.startIndex, offsetBy: offset, limitedBy: text.endIndex) ?? text.endIndex
        let number = lines.lastIndex { $0.startIndex <= index } ?? 0
        let column = text.distance(from: line(number + 1).startIndex, to: index) + 1
        return .file(name: name, line: number + 1, column: column)
    }

    /// The line of a place with a caret under it; tabs stay tabs in both, so that they line up.
    func excerpt(at place: Place) -> String {
        guard case .file(_, let number, let column, _) = place else { return "" }
        let characters = Array(Redaction.redacted(line(number), below: lines.prefix(number - 1)))
        let isLong = characters.count > Self.widestExcerpt
        let first = isLong ? max(0, min(column - 1, characters.count) - Self.widestExcerpt / 2) : 0
        let shown = characters.dropFirst(first).prefix(Self.widestExcerpt)
        let opening = first > 0 ? "…" : ""
        let ending = first + shown.count < characters.count ? "…" : ""
        let under = shown.prefix(column - 1 - first).map { Self.blank(Self.visible($0)) }.joined()
        let gutter = String(repeating: " ", count: "\(number)".count)
        let source = "  \(number) | \(opening)\(String(shown.map(Self.visible)))\(ending)"
        return "\(source.trimmingTrailingSpace)\n  \(gutter) | \(opening.map(Self.blank).joined())\(under)^"
    }

    /// Where libYAML breaks lines (YAML 1.1 section 4.2), so that its numbers fit.
    private static func split(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            var next = scalars.index(after: index)
            switch scalars[index] {
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(text[start..<index])
                if scalars[index] == "\r", next < scalars.endIndex, scalars[next] == "\n" {
                    next = scalars.index(after: next)
                }
                start = next
            default: break
            }
            index = next
        }
        lines.append(text[start...])
        return lines
    }

    /// A character that cannot disturb the terminal.
    private static func visible(_ character: Character) -> Character {
        let isHarmless = character == "\t" || character.unicodeScalars.allSatisfy(QuotedText.isPrintable)
        return isHarmless ? character : "\u{FFFD}"
    }

    /// White space of the same width.
    private static func blank(_ character: Character) -> String {
        if character == "\t" { return "\t" }
        return character.unicodeScalars.first.map(isWide) == true ? "  " : " "
    }

    /// The scripts that terminals draw two columns wide (Unicode Annex 11), by their blocks.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}

extension String {
    /// Without spaces and tabs at the end.
    fileprivate var trimmingTrailingSpace: String {
        var result = self
        while result.last == " " || result.last == "\t" { result.removeLast() }
        return result
    }
}
