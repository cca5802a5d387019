/// How a server stood when one was picked.
public enum CandidateVerdict: String, Sendable, CaseIterable {
    /// It was picked.
    case picked
    /// It might have been picked.
    case eligible
    /// It holds as many connections as it may.
    case full
    /// It failed this connection or exchange before.
    case tried
    /// It is back after an ejection, and busy with the one request that it gets at a time.
    case trial
    /// A person took it out.
    case disabled
    /// A person lets it run empty.
    case draining
    /// Checks fail, or traffic did not reach it.
    case down
    /// A check has to pass first.
    case checking
    /// Its exchanges failed, and it is left out for a while.
    case ejected
}

/// What a strategy saw of one server when it picked.
public struct CandidateView: Equatable, Sendable {
    private let held: UInt32
    private let share: UInt16
    /// How it stood.
    public internal(set) var verdict: CandidateVerdict

    /// Nothing seen yet.
    init() {
        self.init(inFlight: 0, weight: 0, verdict: .checking)
    }

    init(inFlight: Int, weight: Int, verdict: CandidateVerdict) {
        held = UInt32(truncatingIfNeeded: inFlight)
        share = UInt16(truncatingIfNeeded: weight)
        self.verdict = verdict
    }

    /// What it held, without what was picked.
    public var inFlight: Int { Int(held) }
    /// Its weight.
    public var weight: Int { Int(share) }
}
