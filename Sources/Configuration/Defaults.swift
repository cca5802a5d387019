import Balancing

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

    /// Works with every server, whatever it speaks.
    public static let checkKind = CheckKind.tcp
    /// The one path that every HTTP server has.
    public static let healthPath = "/"
    /// Success and redirection (RFC 9110 section 15): the server answers, and blames nobody.
    public static let healthExpect = 200...399
    /// Two seconds, with three failures in a row, take a dead server out in about six.
    public static let healthInterval = Duration.seconds(2)
    /// Four times as often while the answer is about to change: a verdict within a second or two.
    public static let healthFastInterval = Duration.milliseconds(500)
    /// Survives one lost SYN, which Linux sends again after 1 s (RFC 6298 section 2.1).
    public static let healthTimeout = Duration.milliseconds(1500)
    /// One success may be luck while a server still starts; two in a row are an answer.
    public static let rise = 2
    /// One lost probe is the network's noise; three in a row are not.
    public static let fall = 3

    /// Survives one lost SYN, as ``healthTimeout`` does.
    public static let connectTimeout = Duration.milliseconds(1500)
    /// The same as nginx's `proxy_timeout` for streams: long enough for a quiet database connection.
    public static let idleTimeout = Duration.seconds(600)

    /// Worked out at the start from the process's limit of open files: each session takes two.
    public static let connections: Int? = nil
    /// Two more servers are tried: a third failure says that the trouble is not one server's.
    public static let retries = 2

    /// Most exchanges end within seconds, and Docker sends SIGKILL ten seconds after SIGTERM.
    public static let shutdownTimeout = Duration.seconds(10)
    /// Life-cycle events and changes of health, and nothing for a connection that went well.
    public static let logLevel = LogLevel.info
}

/// What a value may be. A value outside is a mistake, so it is refused, never cut to fit.
public enum Limits {
    /// Any time span. Shorter than a millisecond no timer keeps; longer than a day nobody means.
    public static let duration = Duration.milliseconds(1)...Duration.seconds(86_400)
    /// A server's share. The same greatest weight as HAProxy's.
    public static let weight = 1...256
    /// How many probes in a row change a verdict.
    public static let probes = 1...100
    /// A limit that is written. A million sessions are two million fds, beyond what Linux allows a
    /// process unasked (`fs.nr_open` is 1048576).
    public static let connections = 1...1_000_000
    /// More attempts after the first one. Ten times the traffic is already an amplifier.
    public static let retries = 0...10
    /// What an HTTP status can be (RFC 9110 section 15).
    public static let status = 100...599
    /// The length of a name in characters: it must fit a log line and a column of a table.
    public static let name = 1...64
    /// The size of a file in bytes. A hundred services with a hundred servers take a third of it.
    public static let fileSize = 1 << 20
    /// The length of a line in Unicode scalars: columns are counted from its start, for each value on it.
    public static let lineLength = 4096
    /// Values in a file after its aliases were followed: a few lines of aliases can stand for
    /// millions of values.
    public static let values = 100_000
    /// How many repeated keys one file gets listed before reading gives up on it.
    public static let repeatedKeys = 32
    /// How many bytes are read again for them, all in all: a large file gets fewer listed.
    public static let rereadBytes = 4 << 20
}
