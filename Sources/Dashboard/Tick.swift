/// How everything stands: the data of the event `tick`.
struct Tick: Encodable {
    /// The most exchanges of a service in one tick: as many as a person can see go by.
    static let exchangeLimit = 25

    let now: Double
    /// The number of the last whole second.
    let second: Int64
    let instance: String
    let version: String
    let uptimeSeconds: Double
    let state: String
    /// Filled in, service by service.
    let services: [ServiceTick] = []
    @Nullable var test: TestStatus?
    let eventStreams: Int

    private enum CodingKeys: String, CodingKey {
        case eventStreams = "event_streams"
        case instance, now, second, services, state, test
        case uptimeSeconds = "uptime_seconds"
        case version
    }
}

/// A service, with its exchanges since the last tick.
struct ServiceTick: Encodable {
    let service: ServiceStatus
    /// The newest of them, newest first; filled in.
    let exchanges: [ExchangeStatus] = []
    /// How many there were.
    let exchangesSeen: UInt64

    private enum CodingKeys: String, CodingKey {
        case exchanges
        case exchangesSeen = "exchanges_seen"
    }

    func encode(to encoder: any Encoder) throws {
        try service.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(exchanges, forKey: .exchanges)
        try container.encode(exchangesSeen, forKey: .exchangesSeen)
    }
}
