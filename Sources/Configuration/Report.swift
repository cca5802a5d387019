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
    /// Which of them say what, so that a mistake that aliases repeat is told once.
    private var numbers: [Diagnostic.Key: Int] = [:]

    init(document: Document?) {
        self.document = document
    }

    /// Notes a mistake, with the source line when the place has one, and with the aliases that lead to it.
    func add(_ message: String, at place: Place) {
        let excerpt = { [source = document?.source] place in source?.excerpt(at: place) ?? "" }
        let new = Diagnostic(message, at: place, excerpt: excerpt(place), excerptOfAlias: excerpt)
        if !place.aliases.isEmpty, let number = numbers[new.key] { return diagnostics[number].join(new) }
        numbers[new.key] = diagnostics.count
        diagnostics.append(new)
    }

    /// Notes a mistake that is already written.
    func add(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    /// All mistakes; nil when there is none.
    var errors: ConfigurationErrors? {
        guard !diagnostics.isEmpty else { return nil }
        // A sort keeps the order of what is equal.
        return ConfigurationErrors(diagnostics.sorted { $0.place.rank < $1.place.rank })
    }
}
