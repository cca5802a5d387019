import Balancing
import EventLoop
import Time

/// The checks of one server: when the next one comes, and what the last one found.
final class CheckSchedule {
    /// How far an interval strays at random, either way, so that many balancers or servers do not
    /// check in step (HAProxy's `spread-checks` recommends 2 to 5 %; ten keeps small fleets apart too).
    static let jitter = 0.1

    private let server: ServerID
    private let pool: Pool
    private let target: CheckTarget
    private let settings: CheckSettings
    private let loop: EventLoop
    private var timer: Timer?
    private var probe: Probe?
    private(set) var lastResult: CheckResult?
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
        timer = try Timer(on: loop) { [unowned self] in checkNow() }
    }

    func checkNow() {
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
        probe = nil
        switch verdict {
        case .passed: pool.saw(.checkPassed, of: server, at: now)
        case .failed(let reason): pool.saw(.checkFailed(reason: reason), of: server, at: now)
        case .impossible: break
        }
        let rest = max(.zero, interval - (now - start))
        nextCheck = now + rest
        timer?.schedule(after: rest)
        onResult?()
    }

    private var interval: Duration {
        let usual = pool[server].health.isChanging ? settings.fastInterval : settings.interval
        return usual * Double.random(in: 1 - Self.jitter...1 + Self.jitter)
    }
}
