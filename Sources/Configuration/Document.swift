import Yams

/// One file as YAML nodes, with the places of everything.
struct Document {
    let source: SourceText
    /// Nil when the file is empty.
    var root: Node? { nodes?.root }
    private let nodes: AliasedNodes?
    /// The names of keys that were covered up in the text, by their places.
    private let covered: [Spot: String]

    /// A place as libYAML counts it.
    private struct Spot: Hashable {
        let line: Int
        let scalar: Int

        init(_ mark: Mark) {
            line = mark.line
            scalar = mark.column
        }
    }

    /// Reads the nodes of a text.
    ///
    /// Yams refuses a mapping with a repeated key as a whole, and says where the *first* one is. So
    /// that such a key is listed among all other mistakes, and at the second place, the first one is
    /// covered up with private characters of the same number, and the text is read again.
    init(_ source: SourceText) throws(Diagnostic) {
        if let place = source.overlongLine {
            throw Diagnostic("the line has more than \(Limits.lineLength) characters", at: place)
        }
        let rereads = min(Limits.repeatedKeys, Limits.rereadBytes / max(1, source.text.utf8.count))
        var covered: [Spot: String] = [:]
        var text = source.text
        while true {
            // No implicit types (`no`, `1:30`, `0o17`): the formats read each scalar's own text.
            switch Result(catching: { try compose(yaml: text, .basic, .default, .utf8) }) {
            case .success(let root):
                if let root, Self.count(root, upTo: Limits.values) > Limits.values {
                    throw Diagnostic(
                        "the file has more than \(Limits.values) values; each alias counts as all it stands for",
                        at: .named(source.name))
                }
                nodes = root.map { AliasedNodes($0, AliasScanner.aliases(in: source)) }
                (self.source, self.covered) = (source, covered)
                return
            case .failure(YamlError.duplicatedKeysInMapping(let keys, let context)):
                let key = keys.first ?? ""
                let cover = String(repeating: Self.cover(covered.count), count: key.unicodeScalars.count)
                let current = SourceText(name: source.name, text: text)
                guard covered.count < rereads,
                    let replaced = Self.replace(key, at: context.mark, in: current, with: cover)
                else { throw Self.repeated(key, at: context.mark, in: source) }
                covered[Spot(context.mark)] = key
                text = replaced
            case .failure(let error):
                throw Self.syntaxError(error, in: source)
            }
        }
    }

    /// The document of a file; nil when there is no file.
    static func reading(_ file: ConfigurationFile?) throws(Diagnostic) -> Document? {
        guard let file else { return nil }
        return try Document(SourceText(name: file.name, text: file.text))
    }

    /// The name of a key, as it stands in the file.
    func name(of key: Node.Scalar) -> String {
        key.mark.flatMap { covered[Spot($0)] } ?? key.string
    }

    /// Where a node starts, with the aliases that lead to it; the start of the file for a node without a mark.
    func place(of node: Node) -> Place {
        guard let mark = node.mark else { return source.place(line: 1, scalar: 1) }
        let uses = nodes?.uses(of: node) ?? []
        return source.place(line: mark.line, scalar: mark.column)
            .reached(through: uses.map { source.place(line: $0.line, scalar: $0.scalar) })
    }

    /// A private character that nobody writes, another one for each cover: two equal covers would be
    /// a repeated key again.
    private static func cover(_ number: Int) -> String {
        Unicode.Scalar(UInt32(0xE000 + number)).map { String(Character($0)) } ?? "?"
    }

    private static func replace(
        _ key: String, at mark: Mark, in source: SourceText, with cover: String
    ) -> String? {
        let rest = source.line(mark.line).unicodeScalars.dropFirst(mark.column - 1)
        let quote = rest.first == "\"" || rest.first == "'" ? 1 : 0
        guard !key.isEmpty, rest.dropFirst(quote).starts(with: key.unicodeScalars) else { return nil }
        let start = mark.column - 1 + quote
        return source.replacing(
            line: mark.line, scalars: start..<start + key.unicodeScalars.count, with: cover)
    }

    private static func repeated(_ key: String, at mark: Mark, in source: SourceText) -> Diagnostic {
        let place = source.place(line: mark.line, scalar: mark.column)
        return Diagnostic(
            "the key \(QuotedText.quote(key)) is repeated in its mapping", at: place,
            excerpt: source.excerpt(at: place))
    }

    /// Counts a node and all below it, and stops soon after the limit.
    private static func count(_ node: Node, upTo limit: Int) -> Int {
        let children: [Node] =
            switch node {
            case .mapping(let mapping): mapping.flatMap { [$0.key, $0.value] }
            case .sequence(let sequence): Array(sequence)
            case .scalar, .alias: []
            }
        var total = 1
        for child in children where total <= limit {
            total += count(child, upTo: limit - total)
        }
        return total
    }
}
