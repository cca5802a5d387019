/// Something that has changed, as it is told to whoever watches.
public struct Change: Encodable, Sendable {
    /// What it is about.
    public enum Kind: String, Encodable, Sendable {
        /// A server went up or down.
        case health
        /// A person enabled, disabled or drains a server.
        case administrativeState = "administrative_state"
        /// A server is left out for a while.
        case ejected
        /// It may take part again.
        case readmitted
        /// A person set a weight.
        case weight
        /// A person set a strategy.
        case strategy
        /// The metrics were reset.
        case reset
        /// A load test began or ended.
        case test
    }

    /// How much it matters.
    public enum Severity: String, Encodable, Sendable {
        /// Good to know.
        case info
        /// Worth a look.
        case warning
        /// Clients notice.
        case error
    }

    /// Counts from 1; the event's id.
    public internal(set) var id: UInt64 = 0
    /// In Unix seconds.
    public var at: Double
    /// The service, unless it is about all of them.
    @Nullable public var service: String?
    /// The server, if it is about one.
    @Nullable public var server: String?
    /// What it is about.
    public var kind: Kind
    /// How much it matters.
    public var severity: Severity
    /// For a person.
    public var text: String

    /// Makes a change that has no number yet.
    public init(
        at: Double, service: String?, server: String? = nil, kind: Kind, severity: Severity = .info,
        text: String
    ) {
        self.at = at
        self.service = service
        self.server = server
        self.kind = kind
        self.severity = severity
        self.text = text
    }
}

/// The last changes, numbered.
struct ChangeLog {
    /// How many are remembered: a busy hour's.
    static let capacity = 200

    private var changes: [Change] = []
    private var count: UInt64 = 0

    /// Numbers and remembers a change; the answer has its number.
    mutating func append(_ change: Change) -> Change {
        var change = change
        count += 1
        change.id = count
        if changes.count == Self.capacity { changes.removeFirst() }
        changes.append(change)
        return change
    }

    var newestFirst: [Change] { changes.reversed() }

    /// What came after a number, oldest first. A number that was never given is one of an earlier run:
    /// all is new then.
    func after(_ id: UInt64) -> [Change] {
        id > count ? changes : changes.filter { $0.id > id }
    }
}
