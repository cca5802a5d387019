/// How long a session or an exchange may wait.
public struct TimeoutConfiguration: Equatable, Sendable {
    /// For a connection to a server to be established.
    public var connect: Duration
    /// For a byte to move in either direction: in mode tcp, and in a tunnel after an upgrade.
    public var idle: Duration
    /// From a request head's first byte to its end.
    public var requestHead: Duration
    /// For a byte of a request's or a response's body to move.
    public var body: Duration
    /// The same for a response's body without a length, such as a stream of events.
    public var stream: Duration
    /// From the end of a request, sent whole, to the end of the response's head.
    public var responseHead: Duration
    /// How long a client's connection may be without a request: between two, and before the first.
    public var keepAlive: Duration
    /// How long a connection to a server is kept that no request uses.
    public var serverKeepAlive: Duration
    /// How long a request waits for a server while all have ``ServerConfiguration/maxConnections``.
    public var queue: Duration

    /// Makes timeouts; what is left out is the default.
    public init(
        connect: Duration = Defaults.connectTimeout,
        idle: Duration = Defaults.idleTimeout,
        requestHead: Duration = Defaults.requestHeadTimeout,
        body: Duration = Defaults.bodyTimeout,
        stream: Duration = Defaults.streamTimeout,
        responseHead: Duration = Defaults.responseHeadTimeout,
        keepAlive: Duration = Defaults.keepAliveTimeout,
        serverKeepAlive: Duration = Defaults.serverKeepAliveTimeout,
        queue: Duration = Defaults.queueTimeout
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
