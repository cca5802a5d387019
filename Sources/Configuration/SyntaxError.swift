import Yams

extension Document {
    /// What Yams says, in our form.
    static func syntaxError(_ error: any Error, in source: SourceText) -> Diagnostic {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _):
            let place = source.place(line: mark.line, scalar: mark.column)
            let during = context.map { " (\($0.text) on line \($0.mark.line))" } ?? ""
            let hint = hint(for: mark, in: source)
            return Diagnostic(
                "YAML: \(problem)\(during)\(hint)", at: place, excerpt: source.excerpt(at: place))
        case YamlError.composer(_, let problem, let mark, _):
            let place = source.place(line: mark.line, scalar: mark.column)
            let isSecond = problem == "but found another document"
            let message = isSecond ? "a second YAML document; a configuration is one" : "YAML: \(problem)"
            return Diagnostic(message, at: place, excerpt: source.excerpt(at: place))
        case YamlError.reader(let problem, let offset, _, _):
            let place = source.place(offset: offset ?? 0)
            return Diagnostic("YAML: \(problem)", at: place, excerpt: source.excerpt(at: place))
        case YamlError.memory:
            return Diagnostic("YAML: nested too deeply", at: .named(source.name))
        default:
            return Diagnostic("YAML: \(error)", at: .named(source.name))
        }
    }

    /// The mistakes that the parser's own words do not explain.
    private static func hint(for mark: Mark, in source: SourceText) -> String {
        let line = source.line(mark.line)
        if line.unicodeScalars.dropFirst(mark.column - 1).first == "\t" {
            return "; indent with spaces, not with tabs"
        }
        if line.contains("[") && (line.contains("]:") || line.contains("::")) {
            return "; write an IPv6 address in quotation marks"
        }
        for number in [mark.line, mark.line - 1] {
            if let key = keyWithoutSpace(in: source.line(number)) {
                return "; a space is missing behind \"\(key):\" in line \(number)"
            }
        }
        return ""
    }

    /// The key of a line such as `listen:8080`, which YAML takes for a text.
    private static func keyWithoutSpace(in line: Substring) -> String? {
        let text = line.drop { $0 == " " || $0 == "-" }
        let key = text.prefix { $0.isASCII && ($0.isLowercase || $0 == "_") }
        let rest = text.dropFirst(key.count)
        guard !key.isEmpty, rest.first == ":", let next = rest.dropFirst().first, next != " " else {
            return nil
        }
        return String(key)
    }
}
