import HTTPServer
import Time

/// The browsers that have shown the token in the login form. Each has a name of its own in its cookie, so that
/// the token itself is never kept in a browser.
struct Logins {
    /// What the cookie's name begins with, whatever the port. The proxy takes such cookies out of what it forwards.
    static let cookiePrefix = "evenkeel_session"
    /// The cookie's name. Cookies know no ports, so that it has that of the listener in it: two balancers on one host do
    /// not take each other's place.
    private(set) var cookie = Self.cookiePrefix
    /// A day's work; then the form is shown again.
    static let lifetime = TimeSpan.seconds(12 * 3600)
    /// More browsers than people who share one token.
    static let limit = 64

    private var logins: [(name: Secret, until: Instant)] = []
    private var now = Instant.origin

    /// Names the cookie for the port of the listener, if it has one.
    mutating func listen(on port: UInt16?) {
        cookie = port.map { "\(Self.cookiePrefix)_\($0)" } ?? Self.cookiePrefix
    }

    /// Forgets those whose time is over.
    mutating func advance(to now: Instant) {
        self.now = now
        logins.removeAll { $0.until <= now }
    }

    /// Makes a login; the answer is its cookie's value. The oldest goes when there are too many.
    mutating func add() -> String {
        var generator = SystemRandomNumberGenerator()
        let name = (0..<4).map { _ in String(generator.next(), radix: 16) }.joined(separator: "-")
        if logins.count == Self.limit { logins.removeFirst() }
        logins.append((Secret(name), now + Self.lifetime))
        return name
    }

    /// Ends the login that a request's cookie names.
    mutating func removeAll(shownBy request: HTTPServerRequest) {
        for name in request.cookies(named: cookie) {
            logins.removeAll { $0.name.matches(name[...]) }
        }
    }

    func contains(_ name: String) -> Bool {
        logins.contains { $0.name.matches(name[...]) }
    }
}
