import HTTPWire
import Time

/// What HTTP connections and exchanges may take; the defaults are the configuration's.
public struct HTTPLimits: Sendable {
    /// From a request head's first byte to its end.
    public var requestHead: TimeSpan
    /// While nothing of a body moves whose length is known.
    public var body: TimeSpan
    /// The same for an answer's body without a length.
    public var stream: TimeSpan
    /// From the whole request sent to the end of the response's head.
    public var responseHead: TimeSpan
    /// A client's connection between requests, and before the first.
    public var keepAlive: TimeSpan
    /// An upstream connection between exchanges.
    public var serverKeepAlive: TimeSpan
    /// A request waits for a server with room.
    public var queueTimeout: TimeSpan
    /// Requests that wait at once.
    public var queue: Int
    /// Bytes in a request's body.
    public var requestBody: UInt64
    /// Requests over one client connection.
    public var requestsPerConnection: Int
    /// Idle upstream connections kept for each server.
    public var keptConnections: Int
    /// Connections to all servers at which idle ones make room for new ones.
    public var serverConnections: Int

    /// Faults of servers' answers that are taken.
    public var acceptedFaults: AcceptedFaults

    /// Sets all of them.
    public init(
        requestHead: TimeSpan, body: TimeSpan, stream: TimeSpan, responseHead: TimeSpan, keepAlive: TimeSpan,
        serverKeepAlive: TimeSpan, queueTimeout: TimeSpan, queue: Int, requestBody: UInt64,
        requestsPerConnection: Int, keptConnections: Int, serverConnections: Int = .max,
        acceptedFaults: AcceptedFaults = []
    ) {
        self.requestHead = requestHead
        self.body = body
        self.stream = stream
        self.responseHead = responseHead
        self.keepAlive = keepAlive
        self.serverKeepAlive = serverKeepAlive
        self.queueTimeout = queueTimeout
        self.queue = queue
        self.requestBody = requestBody
        self.requestsPerConnection = requestsPerConnection
        self.keptConnections = keptConnections
        self.serverConnections = serverConnections
        self.acceptedFaults = acceptedFaults
    }
}
