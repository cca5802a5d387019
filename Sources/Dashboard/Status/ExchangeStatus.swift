/// One exchange that has ended; one session in mode tcp.
public struct ExchangeStatus: Encodable, Sendable {
    /// Counts from 1 within its service.
    public var id: UInt64
    /// `exchange` or `session`.
    public var kind: String
    /// In Unix seconds.
    public var beganAt: Double
    /// From its first byte to its end.
    public var durationMs: Double
    /// The client's IP address, where it is known.
    @Nullable public var client: String?
    /// The request's method.
    @Nullable public var method: String?
    /// The request's target, in its beginning.
    @Nullable public var target: String?
    /// What the client was told; nil when it was told nothing.
    @Nullable public var status: Int?
    /// The server that was asked last.
    @Nullable public var server: String?
    /// How often servers were asked.
    public var attempts: Int
    /// Whether the last attempt went over a kept connection.
    public var reused: Bool
    /// Bytes of content.
    public var bytes: BytesStatus
    /// Why it ended as it did, in a stable word.
    public var reason: String
    /// The rule of HTTP that the server's answer broke, in a stable word.
    @Nullable public var rule: String?
    /// `succeeded`, `failed`, `refused` or `aborted`.
    public var outcome: String
    /// Why these servers: one for each attempt.
    public var picks: [PickStatus]

    private enum CodingKeys: String, CodingKey {
        case attempts
        case beganAt = "began_at"
        case bytes, client
        case durationMs = "duration_ms"
        case id, kind, method, outcome, picks, reason, reused, rule, server, status, target
    }

    /// Sets all of them.
    public init(
        id: UInt64, kind: String, beganAt: Double, durationMs: Double, client: String?, method: String?,
        target: String?, status: Int?, server: String?, attempts: Int, reused: Bool, bytes: BytesStatus,
        reason: String, rule: String?, outcome: String, picks: [PickStatus]
    ) {
        self.id = id
        self.kind = kind
        self.beganAt = beganAt
        self.durationMs = durationMs
        self.client = client
        self.method = method
        self.target = target
        self.status = status
        self.server = server
        self.attempts = attempts
        self.reused = reused
        self.bytes = bytes
        self.reason = reason
        self.rule = rule
        self.outcome = outcome
        self.picks = picks
    }
}

/// Why a server was picked.
public struct PickStatus: Encodable, Sendable {
    /// The one that was picked; nil when there was none.
    @Nullable public var server: String?
    /// For a person.
    public var explanation: String
    /// What the strategy saw, of a large pool in part.
    public var candidates: [CandidateStatus]
    /// How many servers of the pool are not among them.
    public var otherCandidates: Int

    private enum CodingKeys: String, CodingKey {
        case candidates, explanation
        case otherCandidates = "other_candidates"
        case server
    }

    /// Sets all of them.
    public init(
        server: String?, explanation: String, candidates: [CandidateStatus], otherCandidates: Int
    ) {
        self.server = server
        self.explanation = explanation
        self.candidates = candidates
        self.otherCandidates = otherCandidates
    }
}

/// A server as the strategy saw it.
public struct CandidateStatus: Encodable, Sendable {
    /// Its name.
    public var server: String
    /// Its weight.
    public var weight: Int
    /// What it held.
    public var inFlight: Int
    /// `picked`, `eligible`, or why it could not be picked: `full`, `tried`, `disabled`, `draining`,
    /// `down`, `checking`, `ejected`, `trial`.
    public var verdict: String

    private enum CodingKeys: String, CodingKey {
        case inFlight = "in_flight"
        case server, verdict, weight
    }

    /// Sets all of them.
    public init(server: String, weight: Int, inFlight: Int, verdict: String) {
        self.server = server
        self.weight = weight
        self.inFlight = inFlight
        self.verdict = verdict
    }
}
