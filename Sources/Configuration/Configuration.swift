import Sockets
import Time

/// Everything that a person decides before the balancer starts. It is read once, by
/// ``load(file:environment:flags:)``, or built in code; it starts nothing.
public struct Configuration: Sendable {
    /// At least one, in the file's order, with different names.
    public var services: [ServiceConfiguration]
    /// The dashboard, its API and the metrics.
    public var admin: AdminConfiguration
    /// How long what is in flight may take after SIGTERM.
    public var shutdownTimeout: TimeSpan
    /// The same for tunnels, which do not end by themselves: what was upgraded, and sessions in mode `tcp`.
    public var shutdownTunnelTimeout: TimeSpan
    /// From which level on messages are logged.
    public var logLevel: LogLevel
    /// Where each value comes from.
    public var origins: Origins

    /// Makes a configuration in code, with no file.
    public init(
        services: [ServiceConfiguration],
        admin: AdminConfiguration = AdminConfiguration(),
        shutdownTimeout: TimeSpan = Defaults.shutdownTimeout,
        shutdownTunnelTimeout: TimeSpan = Defaults.shutdownTimeout,
        logLevel: LogLevel = Defaults.logLevel,
        origins: Origins = Origins()
    ) {
        self.services = services
        self.admin = admin
        self.shutdownTimeout = shutdownTimeout
        self.shutdownTunnelTimeout = shutdownTunnelTimeout
        self.logLevel = logLevel
        self.origins = origins
    }
}

extension Configuration {
    /// An address of the configuration, with the place where it is said.
    public typealias PlacedEndpoint = (endpoint: Endpoint, place: Place)

    /// All addresses, those of the file in its order.
    public var endpoints: [PlacedEndpoint] {
        var paths: [(Endpoint, [String])] = []
        for service in services {
            let path = ["services", service.name]
            paths.append((service.listen, path + ["listen"]))
            for (index, server) in service.servers.enumerated() {
                paths.append((server.address, path + ["servers", "\(index)", "address"]))
            }
        }
        if let listen = admin.listen {
            paths.append((listen, ["admin", "listen"]))
            if let monitoring = admin.monitoring { paths.append((monitoring, ["admin", "monitoring"])) }
        }
        return paths.map { (endpoint: $0, place: origins.place(of: $1)) }
            .sorted { $0.place.rank < $1.place.rank }
    }
}

extension Configuration: Equatable {
    /// Two configurations are equal when they say the same, wherever each value comes from.
    public static func == (left: Configuration, right: Configuration) -> Bool {
        left.services == right.services && left.admin == right.admin
            && left.shutdownTimeout == right.shutdownTimeout
            && left.shutdownTunnelTimeout == right.shutdownTunnelTimeout && left.logLevel == right.logLevel
    }
}

/// How much is logged, from all to least.
public enum LogLevel: String, CaseIterable, Sendable {
    /// Each connection too.
    case debug
    /// Life-cycle events and changes of health.
    case info
    /// What needs a look, though service goes on.
    case warning
    /// What failed.
    case error
}
