import Balancing
import Sockets
import Time

/// What the flags of the command line say, as they were written; nil where there was no flag.
public struct ConfigurationOverrides: Equatable, Sendable {
    /// `--listen`: an address.
    public var listen: String?
    /// `--server`, as often as it was given; they replace the file's servers.
    public var servers: [String]?
    /// `--strategy`.
    public var strategy: String?
    /// `--mode`.
    public var mode: String?
    /// `--admin`: an address, or `off`.
    public var admin: String?
    /// `--shutdown-timeout`: a time span.
    public var shutdownTimeout: String?
    /// `--log-level`.
    public var logLevel: String?

    /// Makes overrides from the texts of flags. An empty list of servers says nothing.
    public init(
        listen: String? = nil, servers: [String]? = nil, strategy: String? = nil, mode: String? = nil,
        admin: String? = nil, shutdownTimeout: String? = nil, logLevel: String? = nil
    ) {
        self.listen = listen
        self.servers = servers
        self.strategy = strategy
        self.mode = mode
        self.admin = admin
        self.shutdownTimeout = shutdownTimeout
        self.logLevel = logLevel
    }
}

/// A setting that flags and the environment can replace.
enum OverridableSetting: String, CaseIterable {
    case listen
    case servers
    case strategy
    case mode
    case admin
    /// Without a flag: every user of the machine can read those.
    case adminToken = "admin_token"
    case shutdownTimeout = "shutdown_timeout"
    case logLevel = "log_level"
    /// Without a flag: it belongs to where a service runs.
    case accessLog = "access_log"

    /// What all of our variables start with.
    static let prefix = "EVENKEEL_"
    /// Read by the command, which finds the file.
    static let fileVariable = "EVENKEEL_CONFIG"

    /// The variable of the environment.
    var variable: String { Self.prefix + rawValue.uppercased() }

    /// The flag of the command line; the one for servers is given once for each.
    var flag: String {
        self == .servers ? "--server" : "--" + rawValue.split(separator: "_").joined(separator: "-")
    }
}

/// A value that replaces the file's.
struct Override<Value> {
    /// Nil when it was wrong, which is noted already.
    let value: Value?
    let origin: Origin
}

/// What flags and the environment say, read; flags win.
struct Overrides {
    private(set) var listen: Override<Endpoint>?
    private(set) var servers: Override<[PlacedServer]>?
    private(set) var strategy: Override<StrategyName>?
    private(set) var mode: Override<ServiceMode>?
    private(set) var admin: Override<Endpoint?>?
    private(set) var adminToken: Override<AccessToken>?
    private(set) var shutdownTimeout: Override<TimeSpan>?
    private(set) var logLevel: Override<LogLevel>?
    private(set) var accessLog: Override<Bool>?

    /// Nothing is replaced.
    init() {}

    init(flags: ConfigurationOverrides, environment: [String: String], report: Report) {
        let reader = OverrideReader(environment: environment, report: report)
        reader.refuseUnknownVariables()
        listen = reader.read(.listen, flag: flags.listen, as: .listenAddress)
        servers = reader.readServers(flags: flags.servers ?? [])
        strategy = reader.read(.strategy, flag: flags.strategy, as: .choice("strategy"))
        mode = reader.read(.mode, flag: flags.mode, as: .choice("mode"))
        admin = reader.read(.admin, flag: flags.admin, as: .addressOrOff)
        adminToken = reader.read(.adminToken, flag: nil, as: .accessToken)
        shutdownTimeout = reader.read(.shutdownTimeout, flag: flags.shutdownTimeout, as: .duration)
        logLevel = reader.read(.logLevel, flag: flags.logLevel, as: .choice("log level"))
        accessLog = reader.read(.accessLog, flag: nil, as: .onOrOff)
    }

    /// Where the overrides come from that only make sense for a single service.
    var ofOneService: [Origin] {
        [listen?.origin, servers?.origin, strategy?.origin, mode?.origin].compactMap { $0 }
    }

    /// The same without those, for a file with several services.
    var ofNoService: Overrides {
        var rest = Overrides()
        rest.shutdownTimeout = shutdownTimeout
        rest.logLevel = logLevel
        rest.accessLog = accessLog
        return rest
    }
}

/// Reads one setting after the other from both layers. A wrong value is noted even where a flag
/// replaces it: it would come up on the day that the flag is left out.
private struct OverrideReader {
    let environment: [String: String]
    let report: Report

    func read<Value>(
        _ setting: OverridableSetting, flag: String?, as format: Format<Value>
    ) -> Override<Value>? {
        let lower = environment[setting.variable].map { text in
            Override(
                value: report.read(text, at: .named(setting.variable), as: format),
                origin: .environment(setting.variable))
        }
        let upper = flag.map { text in
            Override(
                value: report.read(text, at: .named(setting.flag), as: format), origin: .flag(setting.flag))
        }
        return upper ?? lower
    }

    func readServers(flags: [String]) -> Override<[PlacedServer]>? {
        let setting = OverridableSetting.servers
        let lower = environment[setting.variable].map { text in
            let texts = text.split(separator: ",", omittingEmptySubsequences: false)
            return Override(
                value: readServers(texts.map(Self.trimmed), at: .named(setting.variable)),
                origin: .environment(setting.variable))
        }
        let upper = Override(
            value: readServers(flags, at: .named(setting.flag)), origin: .flag(setting.flag))
        return flags.isEmpty ? lower : upper
    }

    private func readServers(_ texts: [String], at place: Place) -> [PlacedServer] {
        let servers = texts.compactMap { text in
            report.read(text, at: place, as: .serverAddress).map { address in
                PlacedServer(server: ServerConfiguration(address: address), place: place)
            }
        }
        ServerReader.refuseRepeats(servers, report: report)
        return servers
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    /// A mistyped variable would otherwise be the one that is silently not there.
    func refuseUnknownVariables() {
        let known = OverridableSetting.allCases.map(\.variable) + [OverridableSetting.fileVariable]
        for name in environment.keys.sorted()
        where name.hasPrefix(OverridableSetting.prefix) && !known.contains(name) {
            report.add(Suggestion.unknown("variable", name, among: known), at: .named(name))
        }
    }
}
