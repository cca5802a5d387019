import Balancing
import EventLoop
import HTTPWire
import Sockets
import Time

/// What all HTTP connections of a service share.
final class HTTPContext {
    let limits: HTTPLimits
    let upstreams: UpstreamPool
    let buffers: HTTPBuffers
    let forwarding: Forwarding
    var budget = RetryBudget()
    /// What is counted for a load test; nil while none runs.
    var identified: IdentifiedRequests?
    /// The balancer ends: each answer says that its connection does, too.
    var isShuttingDown = false

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

    /// Lets go of what waits to be used again.
    func forgetSpares() {
        buffers.freeSpares()
        upstreams.closeIdle()
    }
}
