import Yams

/// What reading brings to light beside the values: mistakes, and where each value comes from.
///
/// A class, because all readers of one configuration write to the same report.
final class Report {
    /// Nil when there is no file, or none that could be read.
    let document: Document?
    /// Whether there is a file to correct.
    var hasFile: Bool { document != nil }
    /// Where each value comes from, as far as it was read.
    var origins = Origins()
    private var diagnostics: [Diagnostic] = []

    init(document: Document?) {
        self.document = document
    }

    /// Notes a mistake, with the source line when the place has one.
    func add(_ message: String, at place: Place) {
        diagnostics.append(
            Diagnostic(message, at: place, excerpt: document?.source.excerpt(at: place) ?? ""))
    }

    /// Notes a mistake that is already written.
    func add(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    /// All mistakes; nil when there is none.
    var errors: ConfigurationErrors? {
        guard !diagnostics.isEmpty else { return nil }
        let sorted = diagnostics.enumerated().sorted { left, right in
            let (first, second) = (Self.rank(left.element.place), Self.rank(right.element.place))
            return (first.line, first.column, left.offset) < (second.line, second.column, right.offset)
        }
        return ConfigurationErrors(sorted.map(\.element))
    }

    /// The order of the file; what is outside comes behind it, as it was found.
    private static func rank(_ place: Place) -> (line: Int, column: Int) {
        guard case .file(_, let line, let column) = place else { return (.max, .max) }
        return (line, column)
    }
}
