import Testing

@testable import Dashboard

@Suite("The log of changes")
struct ChangeLogTests {
    private func log(of count: Int) -> ChangeLog {
        var log = ChangeLog()
        for number in 0..<count {
            _ = log.append(Change(at: 0, service: "demo", kind: .weight, text: "change \(number + 1)"))
        }
        return log
    }

    @Test("numbers changes from 1")
    func numbers() {
        var log = ChangeLog()
        let change = Change(at: 0, service: nil, kind: .reset, text: "")
        #expect(log.append(change).id == 1)
        #expect(log.append(change).id == 2)
        #expect(log.newestFirst.map(\.id) == [2, 1])
    }

    @Test("keeps the last 200, and goes on with their numbers")
    func isBounded() {
        let log = log(of: 205)
        #expect(log.newestFirst.map(\.id) == (6...205).reversed())
        #expect(log.newestFirst.first?.text == "change 205")
    }

    @Test("gives what came after a number, oldest first")
    func givesLater() {
        let log = log(of: 205)
        #expect(log.after(203).map(\.id) == [204, 205])
        #expect(log.after(205).isEmpty)
        #expect(log.after(0).map(\.id) == Array(6...205))
        #expect(log.after(3).count == 200)
    }

    @Test("gives everything after a number that it never gave: that is one of an earlier run")
    func givesAllAfterUnknown() {
        #expect(log(of: 3).after(4).map(\.id) == [1, 2, 3])
        #expect(log(of: 3).after(.max).count == 3)
        #expect(ChangeLog().after(7).isEmpty)
    }
}
