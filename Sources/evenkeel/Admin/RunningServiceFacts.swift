import Balancing
import Configuration
import Proxy
import Sockets

/// What the dashboard wants to know of a service beside its figures.
extension RunningService {
    /// What a service does.
    enum State: String {
        /// Its first checks are not over.
        case starting
        /// It takes clients.
        case accepting
        /// It takes no more.
        case stopping
    }

    var state: State { listener == nil ? .stopping : isAccepting ? .accepting : .starting }

    /// Why it serves nobody now; nil when it does.
    var reasonNotReady: String? {
        switch state {
        case .starting: "\(name): the first checks are not over"
        case .stopping: "\(name): it takes no more clients"
        case .accepting: pool.eligibleCount == 0 ? "\(name): no server is eligible" : nil
        }
    }

    /// A server by its name.
    func server(named name: String) -> ServerID? { pool.ids.first { pool.name(of: $0) == name } }

    /// Where a browser on this machine finds it; nil for what is no HTTP on a TCP port.
    var url: String? { endpoint.map { "http://\($0)/" } }

    /// Where a load test connects to it, with the value of its `Host` fields.
    var testTarget: (address: SocketAddress, host: String)? {
        guard let endpoint, let address = try? endpoint.resolve() else { return nil }
        return (address, endpoint.description)
    }

    private var endpoint: Endpoint? {
        guard configuration.mode == .http, let listener, let port = listener.address.port else { return nil }
        // What listens everywhere is reached over the loopback.
        let host =
            switch listener.address.host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            case let host: host
            }
        return .tcp(host: host, port: port)
    }
}
