import Balancing
import EventLoop
import Sockets
import Time

/// Checks all servers of a pool, each on its own schedule, and tells the pool what it saw.
///
/// It touches no client's connection. A server that is disabled or draining is checked too, so that
/// its health is known when it is enabled.
public final class HealthChecker {
    private var schedules: [CheckSchedule] = []
    private var unjudged: Set<ServerID>
    /// Called once, when each server's first check has ended: what the pool says of them is true then.
    public var onFirstRound: (() -> Void)?
    /// Told when a check could not be made for want of something here.
    public var onShortage: ((Shortage, ServerID) -> Void)?

    /// Makes the schedules; nothing is checked before ``start()``.
    ///
    /// - Precondition: one target for each of the pool's servers, in the same order.
    /// - Throws: ``EventLoopError`` when the loop gives no timer.
    public init(
        on loop: EventLoop, pool: Pool, targets: [CheckTarget], settings: CheckSettings
    ) throws(EventLoopError) {
        precondition(targets.count == pool.count, "one target for each server")
        unjudged = Set(pool.ids)
        for (server, target) in zip(pool.ids, targets) {
            let schedule = try CheckSchedule(
                of: server, in: pool, target: target, settings: settings, loop: loop)
            schedule.onResult = { [unowned self] in judged(server) }
            schedules.append(schedule)
        }
    }

    /// Checks all servers at once, now, and then each at its interval.
    public func start() {
        for schedule in schedules { schedule.check() }
    }

    /// Checks a server anew, because traffic found it out of reach or a person enabled it. A check that is under
    /// way is given up: it may have seen how things were before.
    public func lookAgain(at server: ServerID) {
        schedules[server.number].lookAgain()
    }

    /// The last check of a server; nil before the first has ended.
    public func lastResult(of server: ServerID) -> CheckResult? {
        schedules[server.number].lastResult
    }

    /// The checks of a server that ended.
    public func tally(of server: ServerID) -> CheckTally {
        schedules[server.number].tally
    }

    /// When a server's next check begins; nil before the first, and while one is under way.
    public func nextCheck(of server: ServerID) -> Instant? {
        schedules[server.number].nextCheck
    }

    private func judged(_ server: ServerID) {
        if case .impossible(let error) = lastResult(of: server)?.verdict, let shortage = error.shortage {
            onShortage?(shortage, server)
        }
        guard unjudged.remove(server) != nil, unjudged.isEmpty else { return }
        onFirstRound?()
    }
}
