import EventLoop
import Sockets

/// Why the balancer cannot start: one line for a person.
struct StartError: Error, CustomStringConvertible {
    let description: String

    /// An address cannot be listened on.
    static func listening(on endpoint: Endpoint, _ error: SystemError) -> StartError {
        let hint = error.isAddressInUse ? " (another program listens there; \"ss -ltnp\" tells which)" : ""
        return StartError(description: "cannot listen on \(endpoint): \(error)\(hint)")
    }

    /// The dashboard's address cannot be listened on.
    static func dashboard(on endpoint: Endpoint, _ error: SystemError) -> StartError {
        let reason = listening(on: endpoint, error).description
        return StartError(
            description: "the dashboard \(reason); set admin.listen or --admin to another address, or to off")
    }
}
