import Testing

@testable import evenkeel

@Suite struct LogTests {
    @Test(arguments: ["", "plain", "Füße 🎉", "tab is \\t here", "a\u{A0}b"])
    func aLineWithoutControlsIsLeftAlone(text: String) {
        #expect(LineLogHandler.oneLine(text) == text)
    }

    @Test(arguments: [
        ("two\nlines", "two\\nlines"), ("\r\n", "\\r\\n"), ("tab\there", "tab\\there"), ("nul\0", "nul\\0"),
        ("\u{1B}[31mred", "\\u{1B}[31mred"), ("\u{7F}", "\\u{7F}"), ("\u{9B}2J", "\\u{009B}2J"),
        ("Füße\n🎉", "Füße\\n🎉"),
    ])
    func whatBreaksALineOrSteersATerminalIsEscaped(text: String, escaped: String) {
        #expect(LineLogHandler.oneLine(text) == escaped)
    }
}
