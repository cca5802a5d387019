/// Where a mistake is.
public enum Place: Equatable, Sendable {
    /// In a file; line and column count from 1, the column in characters.
    case file(name: String, line: Int, column: Int)
    /// In something with a name and no lines: a flag, a variable, a file that cannot be read.
    case named(String)
    /// Nowhere: something was not said at all.
    case nowhere

    /// Before the colon of a message; empty for nowhere.
    public var text: String {
        switch self {
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .named(let name): name
        case .nowhere: ""
        }
    }

    /// The same without the column, for the middle of a message.
    var line: String {
        if case .file(let name, let line, _) = self { return "\(name):\(line)" }
        return text
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

    /// Control characters of the input are written out, so that a file cannot play with the terminal.
    init(_ message: String, at place: Place, excerpt: String = "") {
        self.place = place
        self.message = QuotedText.printable(message)
        self.excerpt = excerpt
    }

    /// The message as it is printed: one line, or three with the excerpt.
    public var description: String {
        let head = place == .nowhere ? "error: \(message)" : "\(place.text): error: \(message)"
        return excerpt.isEmpty ? head : "\(head)\n\(excerpt)"
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
