import Sockets
import Time

/// Why an attempt to reach a server failed.
enum ProxyError: Error, Equatable {
    /// The system said so.
    case connecting(SystemError)
    /// The server did not take the connection in time.
    case timedOut(after: TimeSpan)

    /// For a person: "connection refused".
    var reason: String {
        switch self {
        case .connecting(let error): error.description
        case .timedOut(let limit): "connecting timed out after \(limit.inMilliseconds)ms"
        }
    }

    /// What this machine lacked; nil when it lacked nothing.
    var shortage: Shortage? {
        switch self {
        case .connecting(let error): error.shortage
        case .timedOut: nil
        }
    }

    /// Whether it says nothing about the server, which is then not judged by it.
    var saysNothingOfServer: Bool {
        switch self {
        case .connecting(let error): error.saysNothingOfPeer
        case .timedOut: false
        }
    }

    /// Whether it was known at once, and so no load for anybody: nobody listens there, or this machine lacked something.
    var isFree: Bool {
        switch self {
        case .connecting(let error): error.isNobodyThere || error.shortage != nil
        case .timedOut: false
        }
    }
}

extension AddressTries {
    /// Takes in that an address took no connection. Nil when another one of the server is to be tried; else why the server
    /// could not be reached.
    mutating func verdict(after failure: ProxyError, of peer: PeerAddress) -> ProxyError? {
        switch failure {
        case .connecting(let last):
            return hasAnother(of: peer, after: last) ? nil : .connecting(verdict(last))
        case .timedOut:
            timedOut(of: peer)
            return failure
        }
    }
}
