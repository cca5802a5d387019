import Balancing
import EventLoop
import Time

/// The checks of one server: when the next one comes, and what the last one found.
final class CheckSchedule {
    /// How far an interval strays at random, either way, so that many balancers or servers do not
    /// check in step (HAProxy's `spread-checks` recommends 2 to 5 %; ten keeps small fleets apart too).
    static let jitter = 0.1

    /// How often a server is checked at first that traffic did not reach: it may be back any moment, and most
    /// restarts take less than a second.
    static let closeInterval = TimeSpan.milliseconds(150)

    private let server: ServerID
    private let pool: Pool
    private let target: CheckTarget
    private let settings: CheckSettings
    private let loop: EventLoop
    private var timer: Timer?
    private var probe: Probe?
    private(set) var lastResult: CheckResult?
    private(set) var tally = CheckTally()
    /// When the next check begins; nil before the first, and while one is under way.
    private(set) var nextCheck: Instant?
    var onResult: (() -> Void)?

    init(
        of server: ServerID, in pool: Pool, target: CheckTarget, settings: CheckSettings, loop: EventLoop
    ) throws(EventLoopError) {
        self.server = server
        self.pool = pool
        self.target = target
        self.settings = settings
        self.loop = loop
        timer = try Timer(on: loop) { [unowned self] in check() }
    }

    /// Checks the server anew, because something changed that no check has seen: one that is under way began
    /// before it, and is given up.
    func lookAgain() {
        probe?.cancel()
        probe = nil
        // A server that traffic fails to reach while its checks pass would be checked, and taken in turn, each
        // time at once.
        if case .close(let relapse) = pool[server].health.pace, relapse > 1 {
            schedule(after: interval)
        } else {
            check()
        }
    }

    /// Begins a check.
    func check() {
        guard probe == nil else { return }
        timer?.cancel()
        nextCheck = nil
        let start = loop.now
        let probe = Probe(of: target, settings: settings, on: loop) { [unowned self] verdict in
            finish(verdict, startedAt: start)
        }
        self.probe = probe
        probe.start()
    }

    private func finish(_ verdict: CheckResult.Verdict, startedAt start: Instant) {
        let now = loop.now
        lastResult = CheckResult(verdict: verdict, status: probe?.status, latency: now - start, at: now)
        tally.count(verdict, lasting: now - start)
        probe = nil
        switch verdict {
        case .passed: pool.saw(.checkPassed, of: server, at: now)
        case .failed(let reason): pool.saw(.checkFailed(reason: reason), of: server, at: now)
        case .impossible: break
        }
        schedule(after: max(.zero, interval - (now - start)))
        onResult?()
    }

    private func schedule(after span: TimeSpan) {
        nextCheck = loop.now + span
        timer?.schedule(after: span)
    }

    private var interval: TimeSpan {
        let usual =
            switch pool[server].health.pace {
            case .settled: settings.interval
            case .changing: settings.fastInterval
            case .close(let relapse): closeInterval(atRelapse: relapse)
            }
        return usual * Double.random(in: 1 - Self.jitter...1 + Self.jitter)
    }

    /// Twice as long each time that traffic did not reach the server though a check had passed, up to the usual
    /// interval.
    private func closeInterval(atRelapse relapse: Int) -> TimeSpan {
        var interval = Self.closeInterval
        var doublings = relapse - 1
        while doublings > 0, interval < settings.interval {
            interval *= 2
            doublings -= 1
        }
        return min(interval, settings.interval)
    }
}
