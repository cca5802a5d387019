import HTTPWire

/// Why an exchange ended as it did: a stable word for the access log, the metrics, the error's body and
/// the dashboard (as HAProxy's termination codes and Envoy's response flags), and the status that
/// tells the client.
public struct ExchangeReason: Equatable, Sendable {
    /// The word, such as `no_server_eligible`.
    public let word: String
    /// The status of our answer; 0 where none can be given any more.
    public let status: Int

    init(_ word: String, _ status: Int) {
        self.word = word
        self.status = status
    }

    /// A request that breaks the rules.
    init(_ violation: HTTPViolation) {
        word = violation.reason
        status = violation.status
    }

    /// Nothing went wrong.
    public static let none = ExchangeReason("none", 0)

    static let requestHeadTimeout = ExchangeReason("request_head_timeout", 408)
    static let requestBodyTimeout = ExchangeReason("request_body_timeout", 408)
    static let requestBodyTooLarge = ExchangeReason("request_body_too_large", 413)

    static let badResponse = ExchangeReason("bad_response", 502)
    static let serverClosed = ExchangeReason("server_closed", 502)
    static let noServerEligible = ExchangeReason("no_server_eligible", 503)
    static let queueFull = ExchangeReason("queue_full", 503)
    static let queueTimeout = ExchangeReason("queue_timeout", 503)
    static let connectFailed = ExchangeReason("connect_failed", 503)
    static let drainDeadline = ExchangeReason("drain_deadline", 503)
    static let connectTimeout = ExchangeReason("connect_timeout", 504)
    static let responseHeadTimeout = ExchangeReason("response_head_timeout", 504)

    /// The response had begun; the client sees it cut.
    static let responseCut = ExchangeReason("response_cut", 0)
    /// The server reset a tunnel.
    static let tunnelReset = ExchangeReason("tunnel_reset", 0)
    static let responseBodyTimeout = ExchangeReason("response_body_timeout", 0)
    /// The client went away, or did not read for too long.
    static let clientClosed = ExchangeReason("client_closed", 0)
    static let clientStalled = ExchangeReason("client_stalled", 0)
    /// The shutdown did not wait any longer.
    static let cut = ExchangeReason("cut", 0)

    /// Whether the client asked for something that we do not do, so that nobody failed. Of our own answers 501 and
    /// 505 are only those to a request's method, coding or version.
    var isClientsDoing: Bool { status < 500 || status == 501 || status == 505 }

    /// What the word means, for the body of an answer.
    var detail: String {
        switch self {
        case .requestHeadTimeout: "the request's head did not arrive in time"
        case .requestBodyTimeout: "the request's body stopped arriving"
        case .requestBodyTooLarge: "the request's body is over the limit"
        case .badResponse: "the server's answer is not valid HTTP"
        case .serverClosed: "the server closed the connection without an answer"
        case .noServerEligible: "every server is disabled or draining"
        case .queueFull: "all servers are busy and the queue is full"
        case .queueTimeout: "all servers stayed busy for too long"
        case .connectFailed: "no server took the connection"
        case .drainDeadline: "the server is being taken out of service"
        case .connectTimeout: "no server took the connection in time"
        case .responseHeadTimeout: "the server did not answer in time"
        default: "the request breaks the rules of HTTP"
        }
    }
}
