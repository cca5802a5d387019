import Testing

/// A file with a mistake, and exactly what a person is told about it.
struct BadFile: Sendable, CustomTestStringConvertible {
    /// What is wrong, as the end of the sentence "the message for …".
    let title: String
    let text: String
    let expected: String

    init(_ title: String, _ text: String, says expected: String) {
        self.title = title
        self.text = text.isEmpty ? "" : text + "\n"
        self.expected = expected
    }

    var testDescription: String { title }
}
