import Balancing
import Sockets
import Time

/// What holds where a configuration says nothing, and why.
public enum Defaults {
    /// The service of the short form, of flags and of the environment, which name none.
    public static let serviceName = "main"
    /// Most of what stands behind a load balancer speaks HTTP, and only this mode can answer an error.
    public static let mode = ServiceMode.http
    /// Needs no knowledge of the servers, and spreads evenly when they are alike.
    public static let strategy = StrategyName.roundRobin
    /// All servers are alike until somebody says otherwise.
    public static let weight = 1
    /// A server that needs a bound has one that only its owner knows.
    public static let maxConnections: Int? = nil
    /// Who sends X-Forwarded-For can be anybody: nobody is believed unasked.
    public static let trustedProxies: [AddressRange] = []
    /// Two readers can understand such an answer differently, so it is for who asks for it.
    public static let acceptUnsafeAnswers: [UnsafeAnswer] = []
    /// A line for each request costs time and disk, and holds the addresses of people.
    public static let accessLog = false

    /// Works with every server, whatever it speaks.
    public static let checkKind = CheckKind.tcp(completesHandshake: completesHandshake)
    /// The server's kernel answers for it: a server that sees a client connect and leave logs it, forks for it, or
    /// counts it as a fault. HAProxy's default.
    public static let completesHandshake = false
    /// A health page may be made for this method alone.
    public static let healthMethod = CheckMethod.get
    /// The one path that every HTTP server has.
    public static let healthPath = "/"
    /// Success and redirection (RFC 9110 section 15): the server answers, and blames nobody.
    public static let healthExpect = 200...399
    /// Two seconds, with three failures in a row, take a dead server out in about six.
    public static let healthInterval = TimeSpan.seconds(2)
    /// Four times as often while the answer is about to change: a verdict within a second or two.
    public static let healthFastInterval = TimeSpan.milliseconds(500)
    /// Survives one lost SYN, which Linux sends again after 1 s (RFC 6298 section 2.1).
    public static let healthTimeout = TimeSpan.milliseconds(1500)
    /// One success may be luck while a server still starts; two in a row are an answer.
    public static let rise = 2
    /// One lost probe is the network's noise; three in a row are not.
    public static let fall = 3
    /// As many as Envoy takes (`consecutive_5xx`): a few failures are one bad request that is repeated.
    public static let consecutiveFailures = 5
    /// What a server answers that is broken, overloaded, or stands before one that is; Envoy's gateway failures,
    /// and 500. An answer with one of these counts only where most other servers answer well.
    public static let failureStatuses = [500, 502, 503, 504]
    /// About as long as a process takes to start again; a server that stays bad stays out for longer
    /// each time.
    public static let ejection = TimeSpan.seconds(10)

    /// Survives one lost SYN, as ``healthTimeout`` does.
    public static let connectTimeout = TimeSpan.milliseconds(1500)
    /// The same as nginx's `proxy_timeout` for streams: long enough for a quiet database connection.
    public static let idleTimeout = TimeSpan.seconds(600)
    /// A head is a packet or a few: ten seconds suffice on the worst line, and bound what a client that
    /// sends a byte at a time can hold.
    public static let requestHeadTimeout = TimeSpan.seconds(10)
    /// A mobile line may be silent in a tunnel for some seconds; half a minute of nothing is a dead peer.
    public static let bodyTimeout = TimeSpan.seconds(30)
    /// The same as nginx's `proxy_read_timeout`: a stream of events that means to stay says something each half minute.
    public static let streamTimeout = TimeSpan.seconds(60)
    /// The same as nginx's `proxy_read_timeout`: a report may take long, and 60 s is where people give up.
    public static let responseHeadTimeout = TimeSpan.seconds(60)
    /// Spans a person's pause between two pages, near nginx's 75 s; an idle connection costs a fd alone.
    public static let keepAliveTimeout = TimeSpan.seconds(60)
    /// Shorter than usual servers' own (Node: 5 s), so that we close first: a request that meets a
    /// server's close on the way may be lost.
    public static let serverKeepAliveTimeout = TimeSpan.seconds(4)
    /// Whoever waits longer has pressed reload, and the answer would be for nobody.
    public static let queueTimeout = TimeSpan.seconds(5)

    /// Worked out at the start from the process's limit of open files: each session takes two.
    public static let connections: Int? = nil
    /// Two more servers are tried: a third failure says that the trouble is not one server's.
    public static let retries = 2
    /// In bytes. Bodies pass through and are not stored, so this guards the servers, not our memory:
    /// above any common upload, below what fills a disk.
    public static let requestBody = 1 << 30
    /// The same as nginx's `keepalive_requests`: rare enough to cost nothing, and a new connection now
    /// and then spreads busy clients again when they come through another balancer.
    public static let requestsPerConnection = 1000
    /// With answers within 10 ms they carry 6400 requests a second to each server; more would mostly
    /// sit idle and take fds.
    public static let keptConnections = 64
    /// A burst. Who comes behind a thousand others would mostly wait for ``queueTimeout`` in vain.
    public static let queue = 1024

    /// Beside the demo's ports, and on loopback: who is on this machine can kill the balancer anyway, and
    /// nobody else gets in unasked.
    public static let adminListen: Endpoint? = .tcp(host: Endpoint.defaultHost, port: 8090)
    /// A name that somebody else's page can bring along must be known (DNS rebinding).
    public static let adminHosts: [String] = []
    /// The admin listener has the same paths; one without a token is for who asks for it.
    public static let monitoring: Endpoint? = nil

    /// Most exchanges end within seconds, and Docker sends SIGKILL ten seconds after SIGTERM.
    public static let shutdownTimeout = TimeSpan.seconds(10)
    /// Life-cycle events and changes of health, and nothing for a connection that went well.
    public static let logLevel = LogLevel.info
}
