import Testing

@testable import Dashboard

@Suite("Wrong tokens")
struct WrongTokensTests {
    @Test("are told at once when the first one comes, and later ones together with their number")
    func areTold() {
        var tokens = WrongTokens()
        let isFirst = tokens.note(from: "192.0.2.1")
        let first = tokens.takeUntold()
        #expect(isFirst)
        #expect(first?.count == 1)
        #expect(first?.peer == "192.0.2.1")
        let told = (1...2000).count { tokens.note(from: "192.0.2.\($0 % 200)") }
        let rest = tokens.takeUntold()
        #expect(told == 0)
        #expect(rest?.count == 2000)
        #expect(rest?.peer == "192.0.2.0")
    }

    @Test("are told at once again when none came for an interval")
    func areToldAgain() {
        var tokens = WrongTokens()
        _ = tokens.note(from: "192.0.2.1")
        _ = tokens.takeUntold()
        let nothing = tokens.takeUntold()
        let isFirst = tokens.note(from: "192.0.2.2")
        #expect(nothing?.count == nil)
        #expect(isFirst)
    }
}
