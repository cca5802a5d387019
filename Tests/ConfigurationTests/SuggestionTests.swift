import Configuration
import Testing

/// What was probably meant by an unknown word.
@Suite struct SuggestionTests {
    @Test(
        "A slip of the finger is corrected",
        arguments: [
            ("listne: 1", "listen"), ("Listen: 1", "listen"), ("shutdwon_timeot: 1s", "shutdown_timeout"),
            ("shutdown-timeout: 1s", "shutdown_timeout"), ("loglevel: info", "log_level"),
            ("strat: round_robin", "strategy"), ("server: [a:1]", "servers"), ("modes: tcp", "mode"),
        ])
    func corrected(line: String, meant: String) {
        #expect(messages(line + "\n").contains("did you mean \"\(meant)\"?"))
    }

    @Test(
        "A word that resembles none is not guessed", arguments: ["colour: 1", "x: 1", "li: 1", "backends: 1"])
    func unknown(line: String) {
        #expect(!messages(line + "\n").contains("did you mean"))
    }

    @Test("A word of a thousand letters is not compared, and shortened in the message")
    func long() {
        let message = messages(String(repeating: "a", count: 1000) + ": 1\n")
        #expect(message.contains("unknown key \"" + String(repeating: "a", count: 80) + "…\" ("))
    }
}
