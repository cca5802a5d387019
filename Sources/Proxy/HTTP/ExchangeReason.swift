import HTTPWire
import Metrics
import Sockets

/// Why an exchange ended as it did: a stable word for the access log, the metrics, the error's body and
/// the dashboard (as HAProxy's termination codes and Envoy's response flags), and the status that
/// tells the client. By whose fault it is, and so what it counts as, the word says and not the status: a 501 can be
/// the client's doing.
public enum ExchangeReason: Equatable, Sendable {
    /// Nothing went wrong.
    case none
    /// The client's message breaks a rule of HTTP, or a limit.
    case violation(HTTPViolation)
    /// The request's head did not come in time.
    case requestHeadTimeout
    /// The request's body stopped coming.
    case requestBodyTimeout
    /// The request's body is over the limit.
    case requestBodyTooLarge
    /// The server's answer breaks a rule of HTTP, or a limit.
    case badResponse
    /// The server closed the connection without an answer.
    case serverClosed
    /// No server may be picked.
    case noServerEligible
    /// All servers are full, and so is the queue.
    case queueFull
    /// A person took out the last server while the exchange waited: nobody failed.
    case queueClosed
    /// All servers stayed full for too long.
    case queueTimeout
    /// No server took the connection.
    case connectFailed
    /// No server took the connection in time.
    case connectTimeout
    /// The time is over in which a person let the server run empty: nobody failed.
    case drainDeadline
    /// This machine lacks something.
    case lacks(Shortage)
    /// The server's answer did not begin in time.
    case responseHeadTimeout
    /// The request came back again and again. Nobody but the configuration is to blame.
    case loopDetected
    /// The response had begun; the client sees it cut.
    case responseCut
    /// The response had begun, and stopped coming.
    case responseBodyTimeout
    /// The server reset a tunnel.
    case tunnelReset
    /// The client went away.
    case clientClosed
    /// The client did not read for too long.
    case clientStalled
    /// The shutdown did not wait any longer.
    case cut

    /// This machine lacks memory.
    static let outOfMemory = ExchangeReason.lacks(.memory)

    /// No connection to a server.
    init(_ error: ProxyError) {
        switch (error, error.shortage) {
        case (_, let shortage?): self = .lacks(shortage)
        case (.timedOut, nil): self = .connectTimeout
        case (.connecting, nil): self = .connectFailed
        }
    }

    /// A body that cannot go on.
    init(_ fault: BodyPipe.Fault) {
        switch fault {
        case .invalid(let violation): self = .violation(violation)
        case .outOfMemory: self = .outOfMemory
        }
    }

    /// The word, such as `no_server_eligible`.
    public var word: String { meaning.word }

    /// The status of our answer; 0 where none can be given any more.
    public var status: Int { meaning.status }

    /// What an exchange counts as that ended so.
    var outcome: Outcome { meaning.outcome }

    private var meaning: (word: String, status: Int, outcome: Outcome) {
        switch self {
        case .none: ("none", 0, .succeeded)
        case .violation(let violation): (violation.reason, violation.status, .refused)
        case .requestHeadTimeout: ("request_head_timeout", 408, .refused)
        case .requestBodyTimeout: ("request_body_timeout", 408, .refused)
        case .requestBodyTooLarge: ("request_body_too_large", 413, .refused)
        case .badResponse: ("bad_response", 502, .failed)
        case .serverClosed: ("server_closed", 502, .failed)
        case .noServerEligible: ("no_server_eligible", 503, .failed)
        case .queueFull: ("queue_full", 503, .failed)
        case .queueClosed: ("queue_closed", 503, .aborted)
        case .queueTimeout: ("queue_timeout", 503, .failed)
        case .connectFailed: ("connect_failed", 503, .failed)
        case .connectTimeout: ("connect_timeout", 504, .failed)
        case .drainDeadline: ("drain_deadline", 503, .aborted)
        case .lacks(let shortage): (shortage.rawValue, 503, .failed)
        case .responseHeadTimeout: ("response_head_timeout", 504, .failed)
        case .loopDetected: ("loop_detected", 508, .failed)
        case .responseCut: ("response_cut", 0, .failed)
        case .responseBodyTimeout: ("response_body_timeout", 0, .failed)
        case .tunnelReset: ("tunnel_reset", 0, .failed)
        case .clientClosed: ("client_closed", 0, .aborted)
        case .clientStalled: ("client_stalled", 0, .aborted)
        case .cut: ("cut", 0, .aborted)
        }
    }

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
        case .lacks(let shortage): "the balancer's machine lacks something: \(shortage.sentence)"
        case .violation(let violation): violation.sentence
        // Nobody is told.
        case .none, .responseCut, .responseBodyTimeout, .tunnelReset, .clientClosed, .clientStalled, .cut: ""
        }
    }
}
