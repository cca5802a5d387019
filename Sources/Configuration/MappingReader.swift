import Yams

/// Reads the values of one mapping by their keys, and notes what is wrong with them in the report.
///
/// A value that is absent or wrong is nil, and reading goes on with the default, so that one run
/// finds every mistake.
struct MappingReader {
    let report: Report
    /// Where the mapping stands in the long form, for the origins.
    let path: [String]
    /// Where a key that is missing was expected.
    let place: Place
    /// In the file's order, each name once, and only those that may be there.
    let entries: [Entry]
    /// The keys that were meant by unknown ones; nil when the mapping itself is wrong. One mistake is
    /// told once: neither of them is missing as well.
    private let meant: Set<String>?

    /// One key with its value.
    struct Entry {
        let name: String
        let place: Place
        let value: Node
    }

    /// A mapping of which nothing was said, or nothing that is a mapping (`isWrong`).
    init(emptyAt place: Place, path: [String], report: Report, isWrong: Bool = false) {
        self.report = report
        self.path = path
        self.place = place
        self.entries = []
        self.meant = isWrong ? nil : []
    }

    /// A mapping of the file. Nil for `keys` allows every name.
    init(_ mapping: Node.Mapping, keys: [String]?, path: [String], report: Report) {
        var first: [String: Place] = [:]
        var meant: Set<String> = []
        self.entries = mapping.compactMap { key, value in
            let place = report.place(of: key)
            guard let name = Self.name(of: key, report: report) else { return nil }
            if case .file(_, let line, _, _) = first[name] {
                report.add("the key \(QuotedText.quote(name)) is already on line \(line)", at: place)
                return nil
            }
            first[name] = place
            if let keys, !keys.contains(name) {
                report.add(Self.unknown(name, keys: keys), at: place)
                Suggestion.keyWithoutSpace(in: name, among: keys).map { _ = meant.insert($0) }
                Suggestion.nearest(to: name, among: keys).map { _ = meant.insert($0) }
                return nil
            }
            return Entry(name: name, place: place, value: value)
        }
        self.meant = meant
        self.report = report
        self.path = path
        self.place = report.place(of: .mapping(mapping))
    }

    /// The same mapping, for values that stand elsewhere in the long form.
    func at(_ path: String...) -> MappingReader { MappingReader(self, path: path) }

    private init(_ other: MappingReader, path: [String]) {
        (report, place, entries, meant) = (other.report, other.place, other.entries, other.meant)
        self.path = path
    }

    /// A key with its value, right or wrong; nil when it is not there.
    func entry(_ key: String) -> Entry? { entries.first { $0.name == key } }

    /// A value of one word or number.
    func value<Value>(_ key: String, as format: Format<Value>) -> Value? {
        guard let node = entry(key)?.value,
            let value = report.read(node, named: QuotedText.quote(key), as: format)
        else { return nil }
        report.setOrigin(of: path + [key], to: node)
        return value
    }

    /// A value that flags or the environment may replace. The file's is read all the same: a mistake
    /// there would come up on the day that the flag is left out.
    func value<Value>(_ key: String, as format: Format<Value>, or override: Override<Value>?) -> Value? {
        replacing(value(key, as: format), of: key, by: override)
    }

    /// A value that was read, or what replaces it.
    func replacing<Value>(_ own: Value?, of key: String, by override: Override<Value>?) -> Value? {
        guard let override else { return own }
        report.origins[path + [key]] = override.origin
        return override.value
    }

    /// Where a value was said: outside the file, or in it, or where it would have been.
    func place<Value>(of key: String, or override: Override<Value>?) -> Place {
        if let override { return .named(override.origin.description) }
        return entry(key).map { report.place(of: $0.value) } ?? place
    }

    /// Notes that a key is missing, unless it is there.
    func require(_ key: String, _ meaning: String) {
        guard entry(key) == nil, let meant, !meant.contains(key) else { return }
        report.add("the key \"\(key)\" is missing: \(meaning)", at: place)
    }

    /// A mapping within this one; an empty one when it is absent or wrong.
    func section(_ key: String, keys: [String]?) -> MappingReader {
        let path = path + [key]
        guard let node = entry(key)?.value else {
            return MappingReader(emptyAt: place, path: path, report: report)
        }
        return report.mapping(node, named: QuotedText.quote(key), keys: keys, path: path)
    }

    /// The items of a list; none when it is absent or wrong.
    func list(_ key: String, mayBeEmpty: Bool = false) -> [Node] {
        guard let node = entry(key)?.value else { return [] }
        guard case .sequence(let sequence) = node else {
            let isDashed = node.scalar?.string.hasPrefix("-") == true
            report.refuse(
                node, named: QuotedText.quote(key),
                expecting: isDashed ? "a list (a space is missing behind the dash: \"- item\")" : "a list")
            return []
        }
        if sequence.isEmpty && !mayBeEmpty {
            report.add("\"\(key)\" needs at least one item", at: report.place(of: node))
        }
        return Array(sequence)
    }

    /// The values of a list that may be empty and repeats nothing; nil when it is absent.
    ///
    /// - Parameter named: what one of them is called, and all of them: ("a status", "statuses").
    func values<Value: Equatable & CustomStringConvertible>(
        _ key: String, named name: (one: String, all: String), as format: Format<Value>
    ) -> [Value]? {
        guard let node = entry(key)?.value else { return nil }
        report.setOrigin(of: path + [key], to: node)
        var values: [Value] = []
        for node in list(key, mayBeEmpty: true) {
            guard let value = report.read(node, named: name.one, as: format) else { continue }
            guard !values.contains(value) else {
                let message = "\"\(value)\" is already in the list of \(name.all)"
                report.add(message, at: report.place(of: node))
                continue
            }
            report.setOrigin(of: path + [key, "\(values.count)"], to: node)
            values.append(value)
        }
        return values
    }

    private static func name(of key: Node, report: Report) -> String? {
        guard case .scalar(let scalar) = key, let document = report.document else {
            report.add("a key must be a single word, not \(key.kind)", at: report.place(of: key))
            return nil
        }
        return document.name(of: scalar)
    }

    private static func unknown(_ name: String, keys: [String]) -> String {
        if name == "<<" {
            return "merge keys (\"<<\") are not supported; an alias can stand for a whole section"
        }
        if let key = Suggestion.keyWithoutSpace(in: name, among: keys) {
            return "a space is missing behind \"\(key):\""
        }
        if let home = Schema.home(of: name), Suggestion.nearest(to: name, among: keys) == nil {
            return "the key \"\(name)\" belongs \(home)"
        }
        return Suggestion.unknown("key", Redaction.redacted(name[...]), among: keys)
    }
}

extension Report {
    /// Where a node is.
    func place(of node: Node) -> Place { document?.place(of: node) ?? .nowhere }

    /// Notes that a value comes from the line of a node.
    func setOrigin(of path: [String], to node: Node) {
        origins.set(path, to: place(of: node))
    }

    /// A node as a mapping; an empty one when it is something else.
    func mapping(_ node: Node, named name: String, keys: [String]?, path: [String]) -> MappingReader {
        guard case .mapping(let mapping) = node else {
            let key = node.scalar.flatMap { Suggestion.keyWithoutSpace(in: $0.string, among: keys ?? []) }
            let hint = key.map { " (a space is missing behind \"\($0):\")" } ?? ""
            refuse(node, named: name, expecting: "a mapping of keys to values\(hint)")
            return MappingReader(emptyAt: place(of: node), path: path, report: self, isWrong: true)
        }
        return MappingReader(mapping, keys: keys, path: path, report: self)
    }

    /// Notes that a node is of another kind than it should be.
    func refuse(_ node: Node, named name: String, expecting what: String) {
        let problem =
            node.isNothing ? "has no value; it must be \(what)" : "must be \(what), not \(node.kind)"
        add("\(name) \(problem)", at: place(of: node))
    }

    /// The value of a node, by its own text: YAML's guesses about types (`no`, `1:30`) play no part.
    func read<Value>(_ node: Node, named name: String, as format: Format<Value>) -> Value? {
        let place = place(of: node)
        guard case .scalar(let scalar) = node else {
            refuse(node, named: name, expecting: "a single value")
            return nil
        }
        guard !node.isNothing else {
            add("\(name) has no value", at: place)
            return nil
        }
        guard ["", "!", "tag:yaml.org,2002:str"].contains(scalar.tag.description) else {
            add("the tag \(QuotedText.quote(scalar.tag.description)) is not supported", at: place)
            return nil
        }
        return read(scalar.string, at: place, as: format)
    }

    /// The value of a text from anywhere.
    func read<Value>(_ text: String, at place: Place, as format: Format<Value>) -> Value? {
        do throws(Problem) {
            return try format.read(text)
        } catch {
            add(error.message, at: place)
            return nil
        }
    }
}

extension Node {
    /// Whether only white space stands where a value should be.
    var isNothing: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && scalar.string.isEmpty
    }

    /// What a message calls a node.
    var kind: String {
        switch self {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: "a single value"
        case .alias: "an alias"
        }
    }
}
