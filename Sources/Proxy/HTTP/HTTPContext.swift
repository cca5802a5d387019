import Balancing
import EventLoop
import HTTPWire
import Sockets
import Time

/// What all HTTP connections of a service share.
final class HTTPContext {
    /// Exchanges kept for reuse: more would only be used again after a burst as large.
    static let spareExchangeLimit = 1024

    let limits: HTTPLimits
    let upstreams: UpstreamPool
    let buffers: HTTPBuffers
    let forwarding: Forwarding
    var budget = RetryBudget()
    /// What is counted for a load test; nil while none runs.
    var identified: IdentifiedRequests?
    /// The balancer ends: each answer says that its connection does, too.
    var isShuttingDown = false
    private(set) var spare: [Exchange] = []

    init(
        on loop: EventLoop, servers: Int, limits: HTTPLimits, pipes: PipePool,
        trusts: @escaping (SocketAddress) -> Bool
    ) {
        self.limits = limits
        buffers = HTTPBuffers(pipes: pipes)
        upstreams = UpstreamPool(on: loop, servers: servers, limits: limits)
        forwarding = Forwarding(trusts: trusts, keepsServers: limits.keptConnections > 0)
    }

    /// Who a client is, by the address that its connection comes from.
    func identity(of address: SocketAddress) -> ClientIdentity {
        ClientIdentity(
            address: address.host, hasAddress: address.ipBits != nil, isTrusted: forwarding.trusts(address))
    }

    /// An exchange at its beginning, used before or new.
    func takeExchange(of service: Service) -> Exchange {
        spare.popLast() ?? Exchange(of: service, in: self)
    }

    /// Lets go of what waits to be used again. The exchanges also hold the service, which holds this.
    func forgetSpares() {
        spare = []
        buffers.freeSpares()
        upstreams.closeIdle()
    }

    /// Takes an exchange back that has ended and was cleared.
    func giveBack(_ exchange: Exchange) {
        guard spare.count < Self.spareExchangeLimit else { return }
        spare.append(exchange)
    }
}
