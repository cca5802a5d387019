import Balancing
import Dashboard
import HealthChecking
import Metrics
import Proxy
import Time

// What the modules below measure, in the dashboard's words and units.

extension StrategyStatus {
    init(_ name: StrategyName) {
        self.init(name: name.rawValue, title: name.title)
    }
}

extension BytesStatus {
    init(_ tally: Tally) {
        self.init(toClients: tally.bytesToClients, toServers: tally.bytesToServers)
    }
}

extension LatencyStatus {
    init(_ figures: LatencyFigures) {
        self.init(
            count: figures.count, min: figures.min.milliseconds,
            mean: (figures.mean / 1000).rounded(to: 1000),
            p50: figures.p50.milliseconds, p95: figures.p95.milliseconds, p99: figures.p99.milliseconds,
            max: figures.max.milliseconds)
    }
}

extension RecentStatus {
    init(_ figures: RecentFigures, latency: LatencyFigures?, share: Double? = nil) {
        self.init(
            seconds: figures.seconds, requests: figures.tally.requests, failed: figures.tally.failed,
            requestsPerSecond: figures.requestsPerSecond.rounded(to: 100),
            bytesPerSecond: figures.bytesPerSecond.rounded(),
            successRatio: figures.tally.successRatio?.rounded(to: 1_000_000),
            latencyMs: latency.map(LatencyStatus.init),
            share: share)
    }
}

extension SecondStatus {
    init(_ figures: SecondFigures) {
        self.init(
            requests: UInt64(figures.requests), failed: UInt64(figures.failed),
            p50: figures.p50?.milliseconds, p95: figures.p95?.milliseconds, p99: figures.p99?.milliseconds)
    }
}

extension SeriesStatus {
    init(_ seconds: [SecondFigures]) {
        self.init()
        for second in seconds { append(SecondStatus(second)) }
    }
}

extension DrainStatus {
    init(_ drain: Drain, at now: Instant) {
        self.init(
            timeoutSeconds: drain.timeout.inSeconds,
            remainingSeconds: drain.remaining(at: now).inSeconds.rounded(to: 1000))
    }
}

extension CheckStatus {
    init(_ result: CheckResult, at now: Instant) {
        self.init(
            passed: result.verdict == .passed, detail: result.detail,
            durationMs: result.latency.inMillisecondsRounded,
            secondsAgo: (now - result.at).inSeconds.rounded(to: 1000))
    }
}

extension UInt64 {
    /// Microseconds in milliseconds.
    var milliseconds: Double { Double(self) / 1000 }
}

extension Double {
    /// Without the digits behind one part of `parts`, which say nothing and make answers long.
    func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}

extension TimeSpan {
    /// In milliseconds, to the microsecond.
    var inMillisecondsRounded: Double { (Double(inNanoseconds) / 1_000_000).rounded(to: 1000) }
}

extension String {
    /// Nil when it is empty.
    var nonEmpty: String? { isEmpty ? nil : self }
}
