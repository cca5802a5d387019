/// Finds the aliases (`*name`) in the text of a file: Yams puts the node of the anchor in their place, and keeps no word of
/// where they stood.
///
/// It knows where a token can begin, so that an asterisk within a text, quotation marks or a comment is none. What it may
/// get wrong, such as a plain text over several lines, changes the number of aliases, which ``AliasedNodes`` compares.
struct AliasScanner {
    /// Where an alias stands, as libYAML counts: both from 1.
    struct Alias: Equatable {
        let line: Int
        let scalar: Int
    }

    /// All aliases, in the order of the text.
    static func aliases(in source: SourceText) -> [Alias] {
        guard source.text.unicodeScalars.contains("*") else { return [] }
        var scanner = AliasScanner()
        for number in 1...source.lineCount { scanner.scan(source.line(number).unicodeScalars, number) }
        return scanner.found
    }

    private var found: [Alias] = []
    /// The quotation mark of a text that is not over yet.
    private var quote: Unicode.Scalar?
    /// How many brackets and braces are open.
    private var depth = 0
    /// The lines indented deeper belong to a block of text (`|`, `>`).
    private var blockIndent: Int?
    private var canBegin = true

    private mutating func scan(_ line: Substring.UnicodeScalarView, _ number: Int) {
        let scalars = Array(line)
        let indent = scalars.prefix { $0 == " " }.count
        if let block = blockIndent {
            if indent > block || indent == scalars.count { return }
            blockIndent = nil
        }
        canBegin = true
        var index = indent
        while index < scalars.count {
            if quote != nil {
                index = endOfQuote(scalars, index)
                continue
            }
            let isBehindBlank = index == 0 || Self.isBlank(scalars[index - 1])
            if scalars[index] == "#", isBehindBlank { return }
            if canBegin, scalars[index] == "*" { found.append(Alias(line: number, scalar: index + 1)) }
            index = step(scalars, index, indent)
        }
    }

    /// Goes over one token's beginning, or one scalar within a token.
    private mutating func step(_ scalars: [Unicode.Scalar], _ index: Int, _ indent: Int) -> Int {
        let scalar = scalars[index]
        let isLast = index + 1 == scalars.count || Self.isBlank(scalars[index + 1])
        switch scalar {
        case _ where Self.isBlank(scalar): break
        case ":" where isLast || depth > 0: canBegin = true
        case ",", "[", "{":
            guard canBegin || depth > 0 else { break }
            if scalar != "," { depth += 1 }
            canBegin = true
        case "]", "}":
            depth = max(0, depth - 1)
            canBegin = false
        case "-" where canBegin && isLast, "?" where canBegin && isLast: break
        case "\"" where canBegin, "'" where canBegin:
            quote = scalar
            canBegin = false
        case "&" where canBegin, "!" where canBegin:
            return scalars[index...].firstIndex { Self.isBlank($0) || ",[]{}".unicodeScalars.contains($0) }
                ?? scalars.count
        case "|" where canBegin && depth == 0, ">" where canBegin && depth == 0:
            blockIndent = indent
            return scalars.count
        default: canBegin = false
        }
        return index + 1
    }

    private mutating func endOfQuote(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        var index = start
        while index < scalars.count {
            if quote == "\"", scalars[index] == "\\" {
                index += 2
            } else if scalars[index] == quote {
                index += 1
                guard quote == "'", index < scalars.count, scalars[index] == "'" else {
                    quote = nil
                    return index
                }
                index += 1
            } else {
                index += 1
            }
        }
        return index
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
