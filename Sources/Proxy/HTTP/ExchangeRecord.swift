import HTTPWire
import Metrics
import Time

/// What became of one exchange: for the access log, the metrics and the ring of recent ones.
public struct ExchangeRecord: Sendable {
    /// When its first byte came.
    public let began: Instant
    /// From the first byte to the end.
    public let duration: Duration
    /// The client's IP address.
    public let client: String
    /// What it asked for, as it was sent on.
    public let request: RequestLineText
    /// What the client was answered; 0 when it got no answer.
    public let status: Int
    /// The server that was asked last; nil when none was.
    public let server: String?
    /// How often servers were asked.
    public let attempts: Int
    /// Whether the last attempt went over a kept connection.
    public let isReused: Bool
    /// Bytes of the answer's content.
    public let bytes: UInt64
    /// Why it ended as it did.
    public let reason: ExchangeReason
}

/// The last exchanges, oldest first out.
public struct RecentExchanges: Sendable {
    /// How many are remembered.
    public static let capacity = 200

    private var records: [ExchangeRecord] = []
    private var next = 0

    init() {
        records.reserveCapacity(Self.capacity)
    }

    mutating func append(_ record: ExchangeRecord) {
        if records.count < Self.capacity {
            records.append(record)
        } else {
            records[next] = record
        }
        next = (next + 1) % Self.capacity
    }

    /// All that are remembered, newest first.
    public var newestFirst: [ExchangeRecord] {
        guard records.count == Self.capacity else { return records.reversed() }
        return (records[next...] + records[..<next]).reversed()
    }
}

extension ExchangeCounters {
    /// Counts an exchange that ended.
    mutating func count(_ record: ExchangeRecord) {
        total += 1
        retries += UInt64(max(record.attempts - 1, 0))
        bytesToClients += record.bytes
        switch (record.reason, record.reason.status) {
        case (.none, _): answered += 1
        case _ where record.status == 0: cut += 1
        case (_, 400..<500): refused += 1
        case (_, 500...): failed += 1
        default: cut += 1
        }
    }
}
