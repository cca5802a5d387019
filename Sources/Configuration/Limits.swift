import Time

/// What a value may be. A value outside is a mistake, so it is refused, never cut to fit.
public enum Limits {
    /// Any time span. Shorter than a millisecond no timer keeps; longer than a day nobody means.
    public static let duration = TimeSpan.milliseconds(1)...TimeSpan.seconds(86_400)
    /// The first ejection of a server. It doubles up to the end of this range: as with Envoy, a server
    /// that is well again is not forgotten for longer than five minutes.
    public static let ejection = TimeSpan.milliseconds(1)...TimeSpan.seconds(300)
    /// How many probes in a row change a verdict.
    public static let probes = 1...100
    /// How many failed exchanges in a row eject a server. More are no longer news: a busy server gets
    /// a thousand requests in a second.
    public static let failures = 1...1000
    /// What a status can be that counts as a server's failure (RFC 9110 section 15.6).
    public static let failureStatus = 500...599
    /// Those that say what the request asked for, not how the server is: Not Implemented, and HTTP Version Not
    /// Supported.
    public static let requestStatuses = [501, 505]
    /// A limit of connections, or of requests that wait with one. A million sessions are two million
    /// fds, beyond what Linux allows a process unasked (`fs.nr_open` is 1048576).
    public static let connections = 1...1_000_000
    /// The same for what may be wanted not at all: connections that are kept, requests that wait.
    public static let connectionsOrNone = 0...1_000_000
    /// Requests on one client connection. The end is as good as never.
    public static let requestsPerConnection = 1...1_000_000_000
    /// A request's body in bytes, up to 1024 GiB. Not 0: to nginx that is no limit at all, to us it
    /// would be no body.
    public static let requestBody = 1...(1 << 40)
    /// More attempts after the first one. Ten times the traffic is already an amplifier.
    public static let retries = 0...10
    /// How many fields of its own a check's request may have. More is a file that went astray.
    public static let checkFields = 32
    /// The bytes of all their names and values: with the longest path they fit what servers take of a head, 8 KiB with
    /// most, and the send buffer of a new connection (16 KiB, tcp(7)).
    public static let checkFieldBytes = 4096
    /// What an HTTP status can be (RFC 9110 section 15).
    public static let status = 100...599
    /// The length of a name in characters: it must fit a log line and a column of a table.
    public static let name = 1...64
    /// The length of a name in bytes of UTF-8: a character may have any number of accents, and the API's path, which escapes
    /// each byte with three, must fit a request line.
    public static let nameBytes = 256
    /// The length of the path of a check in bytes. Servers take request lines of 8 KB; a line of the file is shorter.
    public static let pathBytes = 2048
    /// The length of a token in characters. Sixteen random ones are beyond guessing; 256 fit every header,
    /// cookie and form.
    public static let token = 16...256
    /// The size of a token's file in bytes: its line, and a remark behind it.
    public static let tokenFileSize = 4096
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
