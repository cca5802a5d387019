import Time

/// How long a session or an exchange may wait.
public struct TimeoutConfiguration: Equatable, Sendable {
    /// For a connection to a server to be established.
    public var connect: TimeSpan
    /// For a byte to move in either direction: in mode tcp, and in a tunnel after an upgrade.
    public var idle: TimeSpan
    /// From a request head's first byte to its end.
    public var requestHead: TimeSpan
    /// For a byte of a request's or a response's body to move.
    public var body: TimeSpan
    /// The same for a response's body without a length, such as a stream of events.
    public var stream: TimeSpan
    /// From the end of a request, sent whole, to the end of the response's head.
    public var responseHead: TimeSpan
    /// How long a client's connection may be without a request: between two, and before the first.
    public var keepAlive: TimeSpan
    /// How long a connection to a server is kept that no request uses.
    public var serverKeepAlive: TimeSpan
    /// How long a request waits for a server while all have ``ServerConfiguration/maxConnections``.
    public var queue: TimeSpan

    /// Makes timeouts; what is left out is the default.
    public init(
        connect: TimeSpan = Defaults.connectTimeout,
        idle: TimeSpan = Defaults.idleTimeout,
        requestHead: TimeSpan = Defaults.requestHeadTimeout,
        body: TimeSpan = Defaults.bodyTimeout,
        stream: TimeSpan = Defaults.streamTimeout,
        responseHead: TimeSpan = Defaults.responseHeadTimeout,
        keepAlive: TimeSpan = Defaults.keepAliveTimeout,
        serverKeepAlive: TimeSpan = Defaults.serverKeepAliveTimeout,
        queue: TimeSpan = Defaults.queueTimeout
    ) {
        self.connect = connect
        self.idle = idle
        self.requestHead = requestHead
        self.body = body
        self.stream = stream
        self.responseHead = responseHead
        self.keepAlive = keepAlive
        self.serverKeepAlive = serverKeepAlive
        self.queue = queue
    }
}
