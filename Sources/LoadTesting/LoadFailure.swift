import Glibc
import Sockets

/// Why a request got no answer. The raw value is the stable word that reports show.
public enum LoadFailure: String, CaseIterable, Sendable {
    /// Nobody listens at the target.
    case connectionRefused = "connection_refused"
    /// The target broke a connection that it had taken.
    case connectionReset = "connection_reset"
    /// The connection was not made in time.
    case connectTimeout = "connect_timeout"
    /// The connection was made, and the answer was not whole in time.
    case timeout
    /// The target closed the connection before the answer was whole.
    case closedEarly = "closed_early"
    /// What came is no HTTP/1.1 response.
    case badResponse = "bad_response"
    /// No way leads to the target.
    case unreachable
    /// This machine had no file descriptor left.
    case outOfDescriptors = "out_of_descriptors"
    /// This machine had no local port left for another connection to the target.
    case outOfPorts = "out_of_ports"
    /// The connection could not be made or used for any other reason.
    case connectionFailed = "connection_failed"
    /// The test was cancelled before the answer came.
    case cancelled

    /// In words, for a person.
    public var title: String {
        switch self {
        case .connectionRefused: "connection refused"
        case .connectionReset: "connection reset by the server"
        case .connectTimeout: "not connected in time"
        case .timeout: "no whole answer in time"
        case .closedEarly: "closed before the answer was whole"
        case .badResponse: "not an HTTP/1.1 answer"
        case .unreachable: "unreachable"
        case .outOfDescriptors: "out of file descriptors here"
        case .outOfPorts: "out of local ports here"
        case .connectionFailed: "connection failed"
        case .cancelled: "cancelled before the answer"
        }
    }
}

extension LoadFailure {
    /// Why connecting failed.
    init(connecting error: SystemError) {
        if error.isRefusal {
            self = .connectionRefused
        } else if error.isOutOfDescriptors {
            self = .outOfDescriptors
        } else {
            switch error.code {
            case ECONNRESET: self = .connectionReset
            case EADDRNOTAVAIL: self = .outOfPorts
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: self = .unreachable
            case ETIMEDOUT: self = .connectTimeout
            default: self = .connectionFailed
            }
        }
    }

    /// Why a connection broke that had been made.
    init(using error: SystemError) {
        // EPIPE is the second that one hears of a reset.
        self = error.isReset || error.code == EPIPE ? .connectionReset : .connectionFailed
    }
}
