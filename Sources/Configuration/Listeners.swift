import Sockets

/// What listens where and sends on to where, so that no two listeners get one address and no traffic goes round for
/// ever. Addresses are compared as the kernel does; what only a name server knows is left to the start.
struct Listeners {
    /// One of them.
    struct Listener {
        let endpoint: Endpoint
        let owner: String
        let place: Place
        fileprivate let scope: ListenScope?
    }

    private let report: Report
    private var known: [Listener] = []
    private var stops: [Routes.Stop] = []

    init(report: Report) {
        self.report = report
    }

    /// Notes a listener, or that another one has its address. Port 0 is another port for each.
    mutating func add(_ endpoint: Endpoint, of owner: String, at place: Place) {
        if case .tcp(_, port: 0) = endpoint { return }
        let scope = endpoint.knownAddresses.first.map(ListenScope.init)
        // Behind the check: one mistake hides no other.
        defer { known.append(Listener(endpoint: endpoint, owner: owner, place: place, scope: scope)) }
        guard let other = inTheWay(of: endpoint) else { return }
        let message =
            other.endpoint == endpoint
            ? "\(other.owner) listens on \"\(endpoint)\" already\(Routes.line(other.place))"
            : "\"\(endpoint)\" is taken: \(other.owner) listens on \"\(other.endpoint)\"\(Routes.line(other.place))"
        report.add(message, at: place)
    }

    /// The first listener that an address would clash with; nil when there is none.
    func inTheWay(of endpoint: Endpoint) -> Listener? {
        let scope = endpoint.knownAddresses.first.map(ListenScope.init)
        return known.first { other in
            if let scope, let otherScope = other.scope { return scope.overlaps(otherScope) }
            return other.endpoint.folded == endpoint.folded
        }
    }

    /// Notes where a service's traffic comes in and goes on to.
    mutating func add(_ listen: Endpoint, of service: String, at place: Place, servers: [PlacedServer]) {
        stops.append(
            Routes.Stop(
                name: service,
                listener: Routes.Spot(endpoint: listen, addresses: listen.knownAddresses, place: place),
                servers: servers.map { placed in
                    let address = placed.server.address
                    return Routes.Spot(
                        endpoint: address, addresses: address.knownAddresses, place: placed.place)
                }))
    }

    /// Notes each server that is a dashboard without a token, where others can reach its service: they could change
    /// everything.
    func refuseServers(thatAre dashboard: Endpoint) {
        let machine = LocalAddresses()
        let scope = dashboard.knownAddresses.first.map(ListenScope.init)
        for stop in stops where !stop.listener.endpoint.isLoopback {
            for server in stop.servers
            where server.endpoint.folded == dashboard.folded
                || server.addresses.contains(where: { scope?.takes($0, on: machine) == true })
            {
                let message =
                    "the server \"\(server.endpoint)\" is the dashboard, which has no token: others can reach "
                    + "\(QuotedText.quote(stop.name)), and so could change everything; set admin.token, or another "
                    + "address here or in admin.listen"
                report.add(message, at: server.place)
            }
        }
    }

    /// Notes each way on which traffic comes back to where it was. A service that is its own server would connect to
    /// itself until the machine has no ports left.
    func refuseCircles() {
        for circle in Routes(stops: stops).circles() { report.add(circle.message, at: circle.place) }
    }
}
