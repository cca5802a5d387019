import HTTPServer
import Testing
import Time

@testable import Dashboard

@Suite("The logins")
struct LoginsTests {
    private let start = Instant(nanoseconds: 5_000_000_000)

    private func request(showing cookie: String) throws -> HTTPServerRequest {
        try #require(.sample("POST", "/logout", fields: [("Cookie", cookie)]))
    }

    @Test("have long names, none of which comes twice")
    func areNamed() {
        var logins = Logins()
        let names = (0..<Logins.limit).map { _ in logins.add() }
        #expect(Set(names).count == Logins.limit)
        #expect(names.allSatisfy { $0.count > 40 && logins.contains($0) })
        #expect(names.allSatisfy { !$0.contains(";") && !$0.contains("=") })
    }

    @Test("end when their time is over, and not before")
    func end() {
        var logins = Logins()
        logins.advance(to: start)
        let name = logins.add()
        logins.advance(to: start + (Logins.lifetime - .nanoseconds(1)))
        #expect(logins.contains(name))
        logins.advance(to: start + Logins.lifetime)
        #expect(!logins.contains(name))
    }

    @Test("are bounded: one more ends the oldest")
    func areBounded() {
        var logins = Logins()
        let names = (0...Logins.limit).map { _ in logins.add() }
        #expect(!logins.contains(names[0]))
        #expect(names.dropFirst().allSatisfy(logins.contains))
    }

    @Test("end with a logout of the browser that shows them, and of no other")
    func endWithLogout() throws {
        var logins = Logins()
        let (mine, other) = (logins.add(), logins.add())
        logins.removeAll(shownBy: try request(showing: "a=b; \(Logins.cookiePrefix)=\(mine)"))
        #expect(!logins.contains(mine))
        #expect(logins.contains(other))
        logins.removeAll(shownBy: try request(showing: "\(Logins.cookiePrefix)="))
        #expect(logins.contains(other))
    }
}
