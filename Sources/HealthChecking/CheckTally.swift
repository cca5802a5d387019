import Time

/// The checks of one server that ended, since the start. One that was given up has found nothing and is not among them.
public struct CheckTally: Equatable, Sendable {
    /// Those that found the server well.
    public private(set) var passed: UInt64 = 0
    /// Those that found it ill.
    public private(set) var failed: UInt64 = 0
    /// Those that this machine could not make.
    public private(set) var impossible: UInt64 = 0
    /// How long all of them took together.
    public private(set) var duration = TimeSpan.zero

    mutating func count(_ verdict: CheckResult.Verdict, lasting span: TimeSpan) {
        switch verdict {
        case .passed: passed += 1
        case .failed: failed += 1
        case .impossible: impossible += 1
        }
        duration += span
    }
}
