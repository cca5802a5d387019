import Balancing
import Sockets
import Time

/// What the log has said of a service within the last minute: what happens with each request is told once.
struct ToldLately {
    /// What is told.
    enum Matter: Hashable {
        /// A server's answers break rules.
        case badAnswer(of: ServerID)
        /// This machine lacks something.
        case shortage(Shortage)
        /// As many clients are connected as may be.
        case full
        /// Requests or connections come back to the service.
        case loop
    }

    private static let quiet = TimeSpan.seconds(60)
    private var quietUntil: [Matter: Instant] = [:]

    /// Whether it is to be told now; it is taken as told then.
    mutating func isNew(_ matter: Matter, at now: Instant) -> Bool {
        guard quietUntil[matter, default: .origin] <= now else { return false }
        quietUntil[matter] = now + Self.quiet
        return true
    }
}
