import Balancing
import Time
extension Pool {
    func exchangeSucceeded(_ id: ServerID, at now: Instant) {}
    func exchangeFailed(_ id: ServerID, reason: String, at now: Instant) {}
}
