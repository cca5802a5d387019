import EventLoop
import Sockets

/// Why the balancer cannot start: one line for a person.
struct StartError: Error, CustomStringConvertible {
    let description: String
    /// The address that cannot be listened on, and why not.
    private(set) var refused: (endpoint: Endpoint, error: SystemError)?
    /// Whether the configuration is at fault, so that another start would fail too: the exit code is 2.
    let isMistake: Bool

    /// A mistake in the configuration that shows once names were looked up.
    init(mistake description: String) {
        self.description = description
        isMistake = true
    }

    private init(
        _ description: String, isMistake: Bool = false, on endpoint: Endpoint, _ error: SystemError
    ) {
        self.description = description
        self.isMistake = isMistake
        refused = (endpoint, error)
    }

    /// An address cannot be listened on: one of ours has it, or the endpoint explains it.
    static func listening(
        on endpoint: Endpoint, at address: SocketAddress? = nil, _ error: SystemError,
        beside bound: [OwnListener] = []
    ) -> StartError {
        let scope = address.map(ListenScope.init)
        let own =
            error.isAddressInUse
            ? bound.first { scope?.overlaps(ListenScope(of: $0.address)) == true } : nil
        let culprit = own.map { "\($0.owner) listens on \($0.address)" } ?? endpoint.explain(error)
        let hint = culprit.map { " (\($0))" } ?? ""
        return StartError(
            "cannot listen on \(endpoint): \(error)\(hint)", isMistake: own != nil, on: endpoint, error)
    }

    /// The dashboard's address cannot be listened on.
    static func dashboard(
        on endpoint: Endpoint, at address: SocketAddress, _ error: SystemError, beside bound: [OwnListener]
    ) -> StartError {
        let reason = listening(on: endpoint, at: address, error, beside: bound)
        return StartError(
            "the dashboard \(reason); set admin.listen or --admin to another address, or to off",
            isMistake: reason.isMistake, on: endpoint, error)
    }

    /// An address of the demo cannot be listened on, and a flag chooses another.
    static func demo(_ flag: String, on endpoint: Endpoint, _ error: SystemError) -> StartError {
        let isDemo = error.isAddressInUse && RunningDemo.answers(at: endpoint)
        let who = isDemo ? "another evenkeel demo seems to run there" : endpoint.explain(error)
        let hint = who.map { " (\($0))" } ?? ""
        return StartError(
            "cannot listen on \(endpoint): \(error)\(hint); choose another address with \(flag)",
            on: endpoint, error)
    }
}

/// A mistake in the arguments of a command, in one line for a person; the exit code is 2.
struct ArgumentMistake: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A listener of this process that is bound already.
struct OwnListener {
    /// What a message calls it.
    let owner: String
    let address: SocketAddress
}
