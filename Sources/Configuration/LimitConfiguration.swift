/// How much a service takes on.
public struct LimitConfiguration: Equatable, Sendable {
    /// Client connections at a time; `nil` (`auto`): what the process's limit of open files allows.
    public var connections: Int?
    /// How many more servers are tried after a failed attempt.
    public var retries: Int
    /// The length of a request's body, in bytes.
    public var requestBody: Int
    /// After how many requests a client's connection is closed.
    public var requestsPerConnection: Int
    /// How many connections without a request are kept to each server.
    public var keptConnections: Int
    /// How many requests wait for a server at a time.
    public var queue: Int

    /// Makes limits; what is left out is the default.
    public init(
        connections: Int? = Defaults.connections,
        retries: Int = Defaults.retries,
        requestBody: Int = Defaults.requestBody,
        requestsPerConnection: Int = Defaults.requestsPerConnection,
        keptConnections: Int = Defaults.keptConnections,
        queue: Int = Defaults.queue
    ) {
        self.connections = connections
        self.retries = retries
        self.requestBody = requestBody
        self.requestsPerConnection = requestsPerConnection
        self.keptConnections = keptConnections
        self.queue = queue
    }
}
