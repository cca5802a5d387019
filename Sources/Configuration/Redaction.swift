/// Takes tokens, and the fields of checks' requests, out of what messages show: they end up in logs, tickets and
/// terminals.
///
/// It goes by the text alone, because it is needed most where the text is no YAML.
enum Redaction {
    /// The fields are often called headers, or written without the mapping around them.
    private static let secretKeys = ["token", "authorization", "cookie"] + secretMappings
    /// All that is below them is secret.
    private static let secretMappings = ["fields", "headers"]
    private static let replacement = "(hidden)"
    /// How many lines above may say that a line is secret. There are at most ``Limits/checkFields`` fields, and a file of
    /// mistakes must not be read once for each of them.
    private static let linesAbove = 128

    /// A line without what stands behind a secret key, or one that was probably meant to be.
    ///
    /// - Parameter above: all lines above it: it may belong to a secret key there.
    static func redacted(_ line: Substring, below above: ArraySlice<Substring> = []) -> String {
        guard !endsInSecretKey(above.last ?? ""), !isWithinSecret(line, below: above) else {
            return hiding(line, behind: "")
        }
        guard let colon = Self.colon(in: line, behind: secretKeys) else { return String(line) }
        return hiding(line[line.index(after: colon)...], behind: line[...colon])
    }

    /// The colon behind the first of a line's keys that resembles one of these.
    private static func colon(in line: Substring, behind keys: [String]) -> Substring.Index? {
        var rest = line
        while let colon = rest.firstIndex(of: ":") {
            let key = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
            if Suggestion.nearest(to: lastWord(of: key), among: keys) != nil { return colon }
        }
        return nil
    }

    /// Whether one of the lines that a line belongs to has the key of a secret mapping: those that are indented less
    /// and less, and those that open a brace and do not close it.
    private static func isWithinSecret(_ line: Substring, below above: ArraySlice<Substring>) -> Bool {
        var depth = indentation(of: line)
        for parent in above.suffix(linesAbove).reversed() {
            let indentation = Self.indentation(of: parent)
            guard indentation < parent.count, parent.dropFirst(indentation).first != "#" else { continue }
            guard indentation < depth || opensBrace(parent) else { continue }
            depth = min(depth, indentation)
            if colon(in: parent, behind: secretMappings) != nil { return true }
        }
        return false
    }

    private static func indentation(of line: Substring) -> Int {
        line.prefix { $0 == " " || $0 == "\t" }.count
    }

    private static func opensBrace(_ line: Substring) -> Bool {
        line.utf8.count { $0 == UInt8(ascii: "{") } > line.utf8.count { $0 == UInt8(ascii: "}") }
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
        Suggestion.nearest(to: word, among: secretKeys) != nil
    }
}
