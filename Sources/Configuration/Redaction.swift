/// Takes tokens out of what messages show: they end up in logs, tickets and terminals.
///
/// It goes by the text alone, because it is needed most where the text is no YAML.
enum Redaction {
    private static let secretKey = "token"
    private static let replacement = "(hidden)"

    /// A line without what stands behind a key that is `token`, or was probably meant to be.
    ///
    /// - Parameter previous: the line above, which may end in such a key.
    static func redacted(_ line: Substring, below previous: Substring = "") -> String {
        guard !endsInSecretKey(previous) else { return hiding(line, behind: "") }
        var rest = line
        while let colon = rest.firstIndex(of: ":") {
            let key = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
            if isSecret(lastWord(of: key)) { return hiding(rest, behind: line[...colon]) }
        }
        return String(line)
    }

    /// Spaces stay, so that a caret still points to the start of what is hidden.
    private static func hiding(_ text: Substring, behind shown: Substring) -> String {
        let gap = text.prefix { $0 == " " || $0 == "\t" }
        return shown + gap + (gap.endIndex == text.endIndex ? "" : replacement)
    }

    /// `token:`, also with the sign of a value that spans lines, and `? token`; a remark behind it, or one that
    /// is the whole line, counts for nothing.
    private static func endsInSecretKey(_ line: Substring) -> Bool {
        let said = line.prefix { $0 != "#" }
        let key = Substring(said.reversed().drop { " \t>|+-123456789".contains($0) }.reversed())
        let isKey = key.last == ":" || key.drop { $0 == " " }.first == "?"
        return isKey && isSecret(lastWord(of: key.last == ":" ? key.dropLast() : key))
    }

    /// Without quotation marks and what stands before them.
    private static func lastWord(of text: Substring) -> String {
        let end = text.reversed().drop { " \t\"'".contains($0) }
        return String(end.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }.reversed())
    }

    private static func isSecret(_ word: String) -> Bool {
        Suggestion.nearest(to: word, among: [secretKey]) != nil
    }
}
