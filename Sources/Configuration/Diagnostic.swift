/// Where a mistake is.
public enum Place: Equatable, Sendable {
    /// In a file; line and column count from 1, the column in characters. What stands for an alias is where its anchor is,
    /// and `aliases` are the places of those that lead there, the innermost first.
    case file(name: String, line: Int, column: Int, aliases: [Place] = [])
    /// In something with a name and no lines: a flag, a variable, a file that cannot be read.
    case named(String)
    /// Nowhere: something was not said at all.
    case nowhere

    /// Before the colon of a message; empty for nowhere.
    public var text: String {
        switch self {
        case .file(let name, let line, let column, _): "\(name):\(line):\(column)"
        case .named(let name): name
        case .nowhere: ""
        }
    }

    /// The same without the column, for the middle of a message.
    var line: String {
        if case .file(let name, let line, _, _) = self { return "\(name):\(line)" }
        return text
    }

    /// For the order of the file; what is outside comes behind it.
    var rank: (line: Int, column: Int) {
        guard case .file(_, let line, let column, _) = self else { return (.max, .max) }
        return (line, column)
    }

    /// The aliases that lead there.
    var aliases: [Place] {
        guard case .file(_, _, _, let aliases) = self else { return [] }
        return aliases
    }

    /// The same place, for what was reached through aliases.
    func reached(through aliases: [Place]) -> Place {
        guard case .file(let name, let line, let column, _) = self else { return self }
        return .file(name: name, line: line, column: column, aliases: aliases)
    }
}

/// One mistake in a configuration, for a person to correct.
public struct Diagnostic: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where it is.
    public let place: Place
    /// What is wrong, and what would be right; one line.
    public let message: String
    /// The line of the file with a caret under the place; empty outside a file.
    public let excerpt: String
    /// Where aliases lead to the place, each with its line of the file.
    private var notes: [String] = []
    private var untoldNotes = 0

    /// How many aliases are told of one mistake: a list may have thousands.
    private static let mostNotes = 8

    /// Control characters of the input are written out, so that a file cannot play with the terminal.
    public init(
        _ message: String, at place: Place, excerpt: String = "",
        excerptOfAlias: (Place) -> String = { _ in "" }
    ) {
        self.place = place
        self.message = QuotedText.printable(message)
        self.excerpt = excerpt
        for alias in place.aliases {
            let excerpt = excerptOfAlias(alias)
            add("\(alias.text): note: used here, by an alias" + (excerpt.isEmpty ? "" : "\n\(excerpt)"))
        }
    }

    private mutating func add(_ note: String) {
        guard !notes.contains(note) else { return }
        if notes.count < Self.mostNotes { notes.append(note) } else { untoldNotes += 1 }
    }

    /// What two of them have in common that say the same of one place, whatever leads there.
    struct Key: Hashable {
        let place: String
        let message: String
    }

    var key: Key { Key(place: place.text, message: message) }

    /// Takes over the notes of one that says the same.
    mutating func join(_ other: Diagnostic) {
        for note in other.notes { add(note) }
        untoldNotes += other.untoldNotes
    }

    /// The message as it is printed: one line, or three with the excerpt, and as much for each alias.
    public var description: String {
        let head = place == .nowhere ? "error: \(message)" : "\(place.text): error: \(message)"
        let more = untoldNotes > 0 ? "  and by more aliases: \(untoldNotes)" : ""
        return ([head, excerpt] + notes + [more]).filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

/// All mistakes of a configuration: those of the file in its order, then those outside.
public struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one.
    public let diagnostics: [Diagnostic]

    init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    /// Every message in full, separated by line breaks, with none at the end.
    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }

    /// How many there are, for the last line: `1 error`, `2 errors`.
    public var summary: String {
        diagnostics.count == 1 ? "1 error" : "\(diagnostics.count) errors"
    }
}
