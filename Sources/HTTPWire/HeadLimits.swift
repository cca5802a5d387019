/// How much of a head is read before it is refused, so that a peer cannot make us hold what it likes.
public struct HeadLimits: Equatable, Sendable {
    /// The request line, without its CRLF: longer is 414 (RFC 9112, section 3, asks for at least 8000 bytes).
    public let requestLineBytes: Int
    /// The whole head from the first byte fed, with the empty line that ends it: longer is 431.
    public let headBytes: Int
    /// Field lines in one head: more is 431.
    public let fields: Int

    /// The longest head that `ByteRange` can describe.
    static let addressableBytes = Int(UInt16.max)

    /// A method longer than this cannot be one that anybody has registered (the longest has 17 bytes);
    /// it is answered by 501, as RFC 9112, section 3, advises.
    static let methodBytes = 32

    /// Members of `Connection` in one head. Real messages have one to three; each is compared with every
    /// field's name, so that without a bound 16 KiB could buy a million comparisons.
    static let connectionOptions = 32

    /// Interim heads (1xx) before the answer to one request; more make it a bad one. Nobody sends as many: Go's client
    /// takes 5, nginx passes on one buffer of them and drops the rest, and HAProxy has no limit. A server that says 102
    /// each second (RFC 2518, section 10.1) may do so for a quarter of an hour.
    public static let interimHeads = 1000

    /// 8 KiB for a request line and 16 KiB for a head are what nginx and HAProxy allow by default; 128
    /// fields is three times what a browser behind several proxies sends.
    public static let standard = HeadLimits(requestLineBytes: 8192, headBytes: 16_384, fields: 128)

    /// The section of trailers after a chunked body. Trailers are checksums, signatures and timings:
    /// 4 KiB is ample, and it must fit in the buffer that the body streams through.
    public static let trailers = HeadLimits(requestLineBytes: 0, headBytes: 4096, fields: 32)

    /// Limits of one's own. `headBytes` is capped at 65,535.
    public init(requestLineBytes: Int, headBytes: Int, fields: Int) {
        self.requestLineBytes = requestLineBytes
        self.headBytes = min(headBytes, Self.addressableBytes)
        self.fields = fields
    }
}
