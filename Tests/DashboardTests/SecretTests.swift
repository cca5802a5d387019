import Testing

@testable import Dashboard

@Suite("A secret")
struct SecretTests {
    private let secret = Secret("open sesame")

    @Test("matches itself and nothing else")
    func matches() {
        #expect(secret.matches("open sesame"))
        for text in ["", "open", "open sesame ", "open sesamf", "Open sesame", "open sesameopen sesame"] {
            #expect(!secret.matches(text[...]), "\(text)")
        }
    }

    @Test("tells a longer text apart whose rest is NUL")
    func seesLengths() {
        #expect(!secret.matches("open sesame\0"))
        #expect(!Secret("open\0").matches("open"))
    }

    @Test("of nothing matches nothing but nothing")
    func matchesNothing() {
        #expect(Secret("").matches(""))
        #expect(!Secret("").matches("x"))
    }

    @Test("is never shown, whoever prints what holds it")
    func isNeverShown() {
        struct Holder { let secret: Secret? }
        let holder = Holder(secret: secret)
        var texts = ["\(secret)", String(describing: holder), String(reflecting: [secret])]
        var dumped = ""
        dump(holder, to: &dumped)
        texts.append(dumped)
        for text in texts {
            #expect(text.contains("(secret)"))
            #expect(!text.contains("sesame"))
            // Nor as bytes: 111 is "o".
            #expect(!text.contains("111"))
        }
    }
}
