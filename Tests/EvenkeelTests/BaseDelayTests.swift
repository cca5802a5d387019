import Testing

@testable import evenkeel

@Suite struct BaseDelayTests {
    @Test func aNumberIsADelayThatStaysTheSame() {
        #expect(BaseDelay(argument: "0")?.milliseconds == 0...0)
        #expect(BaseDelay(argument: "25")?.milliseconds == 25...25)
        #expect(BaseDelay(argument: "\(BaseDelay.longest)")?.milliseconds.upperBound == BaseDelay.longest)
    }

    @Test func aRangeHasTwoEnds() {
        #expect(BaseDelay(argument: "10-50")?.milliseconds == 10...50)
        #expect(BaseDelay(argument: "7-7")?.milliseconds == 7...7)
        #expect(BaseDelay(argument: "0-\(BaseDelay.longest)")?.milliseconds == 0...BaseDelay.longest)
    }

    @Test(arguments: [
        "", "-", "-1", "1-", "50-10", "1-2-3", "1.5", "ten", " 1", "1 - 2", "--1", "99999999999999999999",
        "\(BaseDelay.longest + 1)", "0-\(BaseDelay.longest + 1)",
    ])
    func allElseIsRefused(text: String) {
        #expect(BaseDelay(argument: text) == nil)
    }

    @Test func itIsWrittenAsItIsRead() {
        for text in ["0", "25", "10-50"] {
            #expect(BaseDelay(argument: text)?.defaultValueDescription == text)
        }
    }
}
