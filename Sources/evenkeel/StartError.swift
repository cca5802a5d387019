import EventLoop
import Sockets

/// Why the balancer cannot start: one line for a person.
struct StartError: Error, CustomStringConvertible {
    let description: String

    /// An address cannot be listened on. Mostly somebody listens there: one of ours, or another program.
    static func listening(
        on endpoint: Endpoint, at address: SocketAddress? = nil, _ error: SystemError,
        beside bound: [OwnListener] = []
    ) -> StartError {
        let scope = address.map(ListenScope.init)
        let own = bound.first { scope?.overlaps(ListenScope(of: $0.address)) == true }
        let culprit =
            own.map { "\($0.owner) listens on \($0.address)" }
            ?? "another program listens there; \"ss -ltnp\" tells which"
        let hint = error.isAddressInUse ? " (\(culprit))" : ""
        return StartError(description: "cannot listen on \(endpoint): \(error)\(hint)")
    }

    /// The dashboard's address cannot be listened on.
    static func dashboard(
        on endpoint: Endpoint, at address: SocketAddress, _ error: SystemError, beside bound: [OwnListener]
    ) -> StartError {
        let reason = listening(on: endpoint, at: address, error, beside: bound).description
        return StartError(
            description: "the dashboard \(reason); set admin.listen or --admin to another address, or to off")
    }
}

/// A listener of this process that is bound already.
struct OwnListener {
    /// What a message calls it.
    let owner: String
    let address: SocketAddress
}
