import Time

/// Tells a server that fails from a fault that all servers share, by what each answered in the last ten
/// seconds.
///
/// Each of the others has one voice, whatever it answers: one that fails at once answers more than those that
/// work, and would drown them. And each speaks of the same time: when all servers begin to fail at once, the
/// fastest fails first, and what the others answered before that says nothing for it or against it.
struct Outliers {
    /// How many of the others are asked: all in a common pool, and a sample of a large one, so that a failure
    /// costs the same there.
    private static let mostAsked = 64
    /// With fewer answers than this no rate is judged: a tenth of Envoy's `success_rate_request_volume`, over
    /// the same ten seconds, for a small fleet has little traffic, and Wilson's bound knows how little it says.
    private static let leastAnswers = 10

    private var windows: [AnswerWindow]
    /// Where the next sample begins.
    private var start = 0

    init(servers: Int) {
        windows = Array(repeating: AnswerWindow(), count: servers)
    }

    mutating func answered(_ server: ServerID, failed: Bool, at now: Instant) {
        windows[server.number].count(failed: failed, at: now)
    }

    /// Forgets what a server answered: it is left out, or starts anew.
    mutating func forget(_ server: ServerID) {
        windows[server.number] = AnswerWindow()
    }

    /// How a server's failures compare with the others'.
    enum Judgement: Equatable {
        /// No other server answered anything since it began to fail.
        case alone
        /// At least half of the others fail too.
        case asTheOthers
        /// Most of the others answer well.
        case worse
        /// The server fails so much more often than the others that it is no chance.
        case farWorse
    }

    /// How a server that has just failed compares with the others.
    ///
    /// - Parameters:
    ///   - row: when its failures in a row began.
    ///   - takesPart: whether a server is one of the others.
    mutating func judge(
        _ server: ServerID, failingInARowSince row: Instant, at now: Instant,
        among takesPart: (ServerID) -> Bool
    ) -> Judgement {
        windows[server.number].turn(to: now)
        let own = windows[server.number]
        let others = askOthers(than: server, since: (row, own.failingSince), at: now, among: takesPart)
        // Three times the others' share and five points: where all fail a little, chance alone stays below.
        if own.answers >= Self.leastAnswers, own.leastRate > 3 * others.rate + 0.05,
            others.sinceFirst.isMostlyWell
        {
            return .farWorse
        }
        guard others.sinceRow.asked > 0 else { return .alone }
        return others.sinceRow.isMostlyWell && others.rate < 0.5 ? .worse : .asTheOthers
    }

    /// What some of the others answered last.
    private struct Voices {
        var asked = 0
        var failing = 0

        /// Whether there are any, and most of them are well.
        var isMostlyWell: Bool { 2 * failing < asked }

        mutating func hear(_ window: AnswerWindow, since instant: Instant) {
            guard window.latest.at >= instant else { return }
            asked += 1
            if window.latest.failed { failing += 1 }
        }
    }

    private mutating func askOthers(
        than server: ServerID, since begin: (row: Instant, first: Instant), at now: Instant,
        among takesPart: (ServerID) -> Bool
    ) -> (sinceRow: Voices, sinceFirst: Voices, rate: Double) {
        var (sinceRow, sinceFirst) = (Voices(), Voices())
        var (sum, count) = (0.0, 0)
        let asked = min(windows.count, Self.mostAsked)
        for step in 0..<asked {
            let number = (start + step) % windows.count
            guard number != server.number, takesPart(ServerID(number)) else { continue }
            windows[number].turn(to: now)
            guard windows[number].answers > 0 else { continue }
            sinceRow.hear(windows[number], since: begin.row)
            sinceFirst.hear(windows[number], since: begin.first)
            sum += windows[number].estimatedRate
            count += 1
        }
        start = (start + asked) % windows.count
        return (sinceRow, sinceFirst, count > 0 ? sum / Double(count) : 0)
    }
}
