import ArgumentParser
import Balancing
import Configuration
import EventLoop
import Logging
import Platform
import Sockets

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Start three backends, a balancer before them, and its dashboard.",
        discussion: """
            The backends are processes of their own, so that one can really be killed. All end together \
            with Ctrl-C.

            EXAMPLES
              evenkeel demo
              evenkeel demo --listen 9000 --admin 9090 --strategy least_connections
              evenkeel demo --backend-port 9081 --backend-port 9082
            """
    )

    @Option(help: "Where the balancer accepts clients.")
    var listen = "8080"

    @Option(help: ArgumentHelp("Where the dashboard is, or off.", valueName: "address"))
    var admin = "8090"

    @Option(help: ArgumentHelp("A backend's port; once for each. (default: 8081, 8082, 8083)"))
    var backendPort: [String] = []

    @Option(help: "How a server is picked: round_robin or least_connections.")
    var strategy = StrategyName.roundRobin

    @Option(help: "Milliseconds that each answer takes: a number, or a range such as 10-50.")
    var baseDelay = BaseDelay.usual

    func run() throws {
        try reportingFailure {
            let log = Log.make(level: .info)
            let loop = try EventLoop()
            let (listen, admin) = (try Endpoint(listen), try adminEndpoint())
            let ports = backendPort.isEmpty ? ["8081", "8082", "8083"] : backendPort
            try refuseRepeats(listen, admin, try ports.map { port in try Endpoint(port) })
            let fleet = try BackendFleet(ports: ports, baseDelay: baseDelay, log: log)
            defer { fleet.end() }
            let balancer = try makeBalancer(configuration(listen, admin, fleet), on: loop, log: log)
            let signals = try SignalDrivenRun(on: loop) { balancer.stop { loop.stop() } }
            let children = try fleet.watch(on: loop)
            try balancer.start()
            try StandardStream.output.write(welcome(balancer, fleet))
            loop.run()
            _ = consume signals
            _ = consume children
        }
    }

    /// Says of an address that is taken which flag chooses another.
    private func makeBalancer(_ configuration: Configuration, on loop: EventLoop, log: Logger) throws
        -> Balancer
    {
        do {
            return try Balancer(configuration, on: loop, log: log)
        } catch let error as StartError {
            guard let (endpoint, cause) = error.refused else { throw error }
            let flag = endpoint == configuration.admin.listen ? "--admin, or --admin off" : "--listen"
            throw StartError.demo(flag, on: endpoint, cause)
        }
    }

    /// The second listener would find the first one of this same demo.
    private func refuseRepeats(_ listen: Endpoint, _ admin: Endpoint?, _ backends: [Endpoint]) throws {
        let places =
            [("--listen", listen)] + [admin].compactMap { $0 }.map { ("--admin", $0) }
            + backends.map { ("--backend-port", $0) }
        var taken: [(flag: String, endpoint: Endpoint)] = []
        for (flag, endpoint) in places {
            if let other = taken.first(where: { $0.endpoint.isInTheWay(of: endpoint) }) {
                throw ArgumentMistake(Self.repeated(other, (flag, endpoint)))
            }
            taken.append((flag, endpoint))
        }
    }

    private static func repeated(
        _ first: (flag: String, endpoint: Endpoint), _ second: (flag: String, endpoint: Endpoint)
    ) -> String {
        let (isSame, isOneFlag) = (first.endpoint.folded == second.endpoint.folded, first.flag == second.flag)
        switch (isSame, isOneFlag) {
        case (true, true):
            return "\(first.flag) is \(first.endpoint) twice: each backend needs an address of its own"
        case (true, false):
            return
                "\(first.flag) and \(second.flag) are both \(first.endpoint): each needs an address of its own"
        case (false, _):
            return """
                \(first.flag) \(first.endpoint) and \(second.flag) \(second.endpoint) are in each other's way: \
                each needs an address of its own
                """
        }
    }

    /// Nil when the dashboard is off. The demo has no token, so it stays on this machine.
    private func adminEndpoint() throws -> Endpoint? {
        guard admin != "off" else { return nil }
        let endpoint = try Endpoint(admin)
        guard endpoint.isLoopback else {
            throw ArgumentMistake(
                "the demo's dashboard has no token, so --admin must be on 127.0.0.1, not \(endpoint)")
        }
        return endpoint
    }

    private func configuration(
        _ listen: Endpoint, _ admin: Endpoint?, _ fleet: BackendFleet
    ) throws -> Configuration {
        let servers = try fleet.backends.map { backend in
            ServerConfiguration(name: backend.name, address: try Endpoint(backend.address))
        }
        let service = ServiceConfiguration(
            name: "demo", listen: listen, strategy: strategy, servers: servers,
            health: HealthConfiguration(
                kind: .http(CheckRequestConfiguration(path: "/health", expect: 200...200))))
        return Configuration(services: [service], admin: AdminConfiguration(listen: admin))
    }

    private func welcome(_ balancer: Balancer, _ fleet: BackendFleet) -> String {
        let url = "http://\(balancer.addresses.first ?? listen)/"
        let rows = fleet.backends.map { backend in
            "  \(backend.name)   http://\(backend.address)/   pid \(backend.process.pid)"
        }
        let killed = fleet.backends.last.map { "  kill -9 \($0.process.pid)" } ?? ""
        let dashboard = balancer.dashboardURL.map { "  dashboard  \($0)   <- open this in a browser\n" } ?? ""
        return """

            The demo runs.
            \(dashboard)\
              balancer   \(url)
            \(rows.joined(separator: "\n"))

            Try in another terminal:
              curl \(url)
            \(killed)
            Ctrl-C ends all of it.


            """
    }
}

extension StrategyName: ExpressibleByArgument {}
