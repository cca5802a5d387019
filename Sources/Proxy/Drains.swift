import Balancing
import EventLoop
import Time

/// A server that is let run empty, until a deadline.
public struct Drain: Equatable, Sendable {
    /// How long what is in flight may take.
    public let timeout: TimeSpan
    /// When the rest is cut.
    public let deadline: Instant

    /// How long it may still take; nothing once the deadline has passed.
    public func remaining(at now: Instant) -> TimeSpan { max(.zero, deadline - now) }
}

/// The drains of a service's servers: each ends when its server holds nothing any more, or at its deadline,
/// when the rest is cut. Then the server is disabled.
final class Drains {
    private let pool: Pool
    private let loop: EventLoop
    /// Ends without waiting what is in flight at a server.
    private let cut: (ServerID) -> Void
    private var drains: [ServerID: Drain] = [:]
    private var timer: Timer?

    init(of pool: Pool, on loop: EventLoop, cut: @escaping (ServerID) -> Void) {
        self.pool = pool
        self.loop = loop
        self.cut = cut
        pool.onDrained = { [weak self] _ in self?.lookSoon() }
    }

    /// Begins one, in place of an earlier one.
    func begin(_ server: ServerID, for timeout: TimeSpan) {
        drains[server] = Drain(timeout: timeout, deadline: loop.now + timeout)
        pool.setAdministrativeState(.draining, of: server, at: loop.now)
        lookSoon()
    }

    /// Takes it back: the server is not to be disabled any more.
    func end(_ server: ServerID) {
        drains[server] = nil
    }

    subscript(server: ServerID) -> Drain? { drains[server] }

    /// In another turn: this may be in the midst of an exchange that goes on at the same server.
    private func lookSoon() {
        guard !drains.isEmpty else { return }
        schedule(after: .zero)
    }

    private func look() {
        let now = loop.now
        for (server, drain) in drains where pool[server].inFlight == 0 || now >= drain.deadline {
            drains[server] = nil
            cut(server)
            pool.setAdministrativeState(.disabled, of: server, at: now)
        }
        guard let next = drains.values.map(\.deadline).min() else { return }
        schedule(after: next - now)
    }

    private func schedule(after span: TimeSpan) {
        // There is no kernel to refuse a timer.
        if timer == nil { timer = try? Timer(on: loop) { [unowned self] in look() } }
        timer?.schedule(after: span)
    }
}
