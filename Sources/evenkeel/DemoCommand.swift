import ArgumentParser
import Balancing
import Configuration
import EventLoop
import Platform
import Sockets

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Start three backends and a balancer before them.",
        discussion: """
            The backends are processes of their own, so that one can really be killed. All end together \
            with Ctrl-C.

            EXAMPLES
              evenkeel demo
              evenkeel demo --listen 9000 --strategy least_connections
              evenkeel demo --backend-port 9081 --backend-port 9082
            """
    )

    @Option(help: "Where the balancer accepts clients.")
    var listen = "8080"

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
            let listen = try Endpoint(listen)
            let fleet = try BackendFleet(
                ports: backendPort.isEmpty ? ["8081", "8082", "8083"] : backendPort, baseDelay: baseDelay,
                log: log)
            defer { fleet.end() }
            let balancer = try Balancer(configuration(listen, fleet), on: loop, log: log)
            let signals = try SignalDrivenRun(on: loop) { balancer.stop { loop.stop() } }
            let children = try fleet.watch(on: loop)
            try balancer.start()
            StandardStream.output.write(welcome(balancer.addresses.first ?? "\(listen)", fleet))
            loop.run()
            _ = consume signals
            _ = consume children
        }
    }

    private func configuration(_ listen: Endpoint, _ fleet: BackendFleet) throws -> Configuration {
        let servers = try fleet.backends.map { backend in
            ServerConfiguration(name: backend.name, address: try Endpoint(backend.address))
        }
        let service = ServiceConfiguration(
            name: "demo", listen: listen, strategy: strategy, servers: servers,
            health: HealthConfiguration(kind: .http(path: "/health", expect: 200...200)))
        return Configuration(services: [service])
    }

    private func welcome(_ address: String, _ fleet: BackendFleet) -> String {
        let url = "http://\(address)/"
        let rows = fleet.backends.map { backend in
            "  \(backend.name)   http://\(backend.address)/   pid \(backend.process.pid)"
        }
        let killed = fleet.backends.last.map { "  kill -9 \($0.process.pid)" } ?? ""
        return """

            The demo runs.
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
