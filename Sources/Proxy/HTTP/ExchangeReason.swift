import HTTPWire
import Metrics
import Sockets

/// Why an exchange ended as it did: a stable word for the access log, the metrics, the error's body and
/// the dashboard (as HAProxy's termination codes and Envoy's response flags), and the status that
/// tells the client. By whose fault it is, and so what it counts as, the word says and not the status: a 501 can be
/// the client's doing.
public struct ExchangeReason: Equatable, Sendable {
    /// The word, such as `no_server_eligible`.
    public let word: String
    /// The status of our answer; 0 where none can be given any more.
    public let status: Int
    /// What an exchange counts as that ended so.
    let outcome: Outcome

    init(_ word: String, _ status: Int, _ outcome: Outcome) {
        self.word = word
        self.status = status
        self.outcome = outcome
    }

    /// A request that breaks the rules.
    init(_ violation: HTTPViolation) {
        word = violation.reason
        status = violation.status
        outcome = .refused
    }

    /// No connection to a server.
    init(_ error: ProxyError) {
        switch (error, error.shortage) {
        case (_, let shortage?): self.init(shortage)
        case (.timedOut, nil): self = .connectTimeout
        case (.connecting, nil): self = .connectFailed
        }
    }

    /// This machine lacks something.
    init(_ shortage: Shortage) {
        self.init(shortage.rawValue, 503, .failed)
    }

    /// A body that cannot go on.
    init(_ fault: BodyPipe.Fault) {
        switch fault {
        case .invalid(let violation): self.init(violation)
        case .outOfMemory: self = .outOfMemory
        }
    }

    /// Nothing went wrong.
    public static let none = ExchangeReason("none", 0, .succeeded)

    static let requestHeadTimeout = ExchangeReason("request_head_timeout", 408, .refused)
    static let requestBodyTimeout = ExchangeReason("request_body_timeout", 408, .refused)
    static let requestBodyTooLarge = ExchangeReason("request_body_too_large", 413, .refused)

    static let badResponse = ExchangeReason("bad_response", 502, .failed)
    static let serverClosed = ExchangeReason("server_closed", 502, .failed)
    static let noServerEligible = ExchangeReason("no_server_eligible", 503, .failed)
    static let queueFull = ExchangeReason("queue_full", 503, .failed)
    /// A person took out the last server while the exchange waited: nobody failed.
    static let queueClosed = ExchangeReason("queue_closed", 503, .aborted)
    static let queueTimeout = ExchangeReason("queue_timeout", 503, .failed)
    static let connectFailed = ExchangeReason("connect_failed", 503, .failed)
    /// A person wanted it so: nobody failed.
    static let drainDeadline = ExchangeReason("drain_deadline", 503, .aborted)
    static let outOfMemory = ExchangeReason(.memory)
    static let connectTimeout = ExchangeReason("connect_timeout", 504, .failed)
    static let responseHeadTimeout = ExchangeReason("response_head_timeout", 504, .failed)
    /// Nobody but the configuration is to blame.
    static let loopDetected = ExchangeReason("loop_detected", 508, .failed)

    /// The response had begun; the client sees it cut.
    static let responseCut = ExchangeReason("response_cut", 0, .failed)
    /// The server reset a tunnel.
    static let tunnelReset = ExchangeReason("tunnel_reset", 0, .failed)
    static let responseBodyTimeout = ExchangeReason("response_body_timeout", 0, .failed)
    /// The client went away, or did not read for too long.
    static let clientClosed = ExchangeReason("client_closed", 0, .aborted)
    static let clientStalled = ExchangeReason("client_stalled", 0, .aborted)
    /// The shutdown did not wait any longer.
    static let cut = ExchangeReason("cut", 0, .aborted)

    /// What the word means, for the body of an answer.
    var detail: String {
        switch self {
        case .requestHeadTimeout: "the request's head did not arrive in time"
        case .requestBodyTimeout: "the request's body stopped arriving"
        case .requestBodyTooLarge: "the request's body is over the limit"
        case .badResponse: "the server's answer breaks a rule of HTTP or a limit"
        case .serverClosed: "the server closed the connection without an answer"
        case .noServerEligible: "every server is disabled or draining"
        case .queueFull: "all servers are busy and the queue is full"
        case .queueClosed: "the last server was taken out of service while the request waited"
        case .queueTimeout: "all servers stayed busy for too long"
        case .connectFailed: "no server took the connection"
        case .drainDeadline: "the server is being taken out of service"
        case .connectTimeout: "no server took the connection in time"
        case .responseHeadTimeout: "the server did not answer in time"
        case .loopDetected: "the request came back to the balancer again and again: a server sends it there"
        default:
            if let shortage = Shortage(rawValue: word) {
                "the balancer's machine lacks something: \(shortage.sentence)"
            } else {
                HTTPViolation(rawValue: word)?.sentence ?? ""
            }
        }
    }
}
