import ArgumentParser
import Configuration
import EventLoop
import Glibc
import Logging
import Platform
import Sockets

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the balancer.",
        discussion: """
            The settings come from FILE, from EVENKEEL_... variables and from flags; flags win over \
            variables, variables over the file. With no FILE: $EVENKEEL_CONFIG, else ./evenkeel.yaml.

            EXAMPLES
              evenkeel run evenkeel.yaml
              evenkeel run --listen 8080 --server 127.0.0.1:8081 --server 127.0.0.1:8082
              evenkeel run --mode tcp --listen 0.0.0.0:5432 --server db1.internal:5432

            An address is a port, host:port, [IPv6]:port or unix:/path; a port alone is on 127.0.0.1,
            and port 0 takes a free one, which the log names.
            SIGTERM and SIGINT stop gracefully; a second one ends at once. SIGHUP changes nothing: a changed \
            configuration is for the next start.
            """
    )

    @OptionGroup var settings: SettingOptions

    func run() throws {
        let configuration = try settings.load()
        let log = Log.make(level: configuration.logLevel.logged)
        try reportingFailure {
            let loop = try EventLoop()
            // Before the balancer is made: it looks names up, which may take long.
            SignalDrivenRun.ignoreUserSignals()
            let hangUp: SignalWatch? =
                SignalWatch.isIgnored(SIGHUP)
                ? nil
                : try SignalWatch(SIGHUP, on: loop) {
                    log.warning("SIGHUP does nothing: to use a changed configuration, stop and start again")
                }
            let balancer = try Balancer(configuration, on: loop, log: log)
            let signals = try SignalDrivenRun(on: loop, hangUpStops: false) {
                ServiceManager.notify(.stopping)
                balancer.stop { loop.stop() }
            }
            try balancer.start()
            ServiceManager.notify(.ready)
            loop.run()
            _ = consume signals
            _ = consume hangUp
        }
    }
}

/// What `run` and `check` read their configuration from.
struct SettingOptions: ParsableArguments {
    @Argument(help: "The configuration, in YAML.")
    var file: String?

    @Option(help: "Where to accept clients.")
    var listen: String?

    @Option(help: ArgumentHelp("A server's address; once for each server.", valueName: "address"))
    var server: [String] = []

    @Option(help: "How a server is picked: round_robin or least_connections.")
    var strategy: String?

    @Option(help: "What is balanced: http or tcp.")
    var mode: String?

    @Option(
        help: ArgumentHelp(
            "Where the dashboard, its API and the metrics are, or off. (default: 127.0.0.1:8090)",
            valueName: "address"))
    var admin: String?

    @Option(help: "How long sessions may take to end at a stop, such as 10s.")
    var shutdownTimeout: String?

    @Option(help: "debug, info, warning or error.")
    var logLevel: String?

    /// Reads all sources; every mistake is printed at once and nothing is started.
    ///
    /// - Throws: exit code 2 after the mistakes were printed.
    func load() throws -> Configuration {
        do {
            let file = try ConfigurationSource.find(argument: file, hasSettings: hasSettings)
            return try Configuration.load(
                file: file, environment: Environment.all,
                flags: ConfigurationOverrides(
                    listen: listen, servers: server, strategy: strategy, mode: mode,
                    admin: admin, shutdownTimeout: shutdownTimeout, logLevel: logLevel))
        } catch let errors as ConfigurationErrors {
            StandardStream.error.write("\(errors)\n\(errors.summary)\n")
            throw ExitCode(2)
        }
    }

    /// The file that is read; nil when flags and the environment say it all.
    var source: String? { ConfigurationSource.path(argument: file) }

    private var hasSettings: Bool {
        listen != nil || !server.isEmpty || Environment.all["EVENKEEL_LISTEN"] != nil
            || Environment.all["EVENKEEL_SERVERS"] != nil
    }
}

/// Where the configuration file is.
enum ConfigurationSource {
    /// Looked for in the working folder when nothing else is said.
    static let defaultName = "evenkeel.yaml"
    private static let variable = "EVENKEEL_CONFIG"

    /// The argument, else what the environment names, else the usual file if it is there.
    static func path(argument: String?) -> String? {
        argument ?? Environment.all[variable].flatMap { $0.isEmpty ? nil : $0 }
            ?? (Environment.isReadable(defaultName) ? defaultName : nil)
    }

    static func find(argument: String?, hasSettings: Bool) throws -> ConfigurationFile? {
        if Environment.all[variable]?.isEmpty == true {
            StandardStream.error.write(
                "\(variable): error: it is empty: name a file, or take the variable away\n")
            throw ExitCode(2)
        }
        if let path = path(argument: argument) { return try ConfigurationFile(path: path) }
        guard !hasSettings else { return nil }
        StandardStream.error.write(
            """
            error: nothing to run: there is no file \(defaultName) here, and no --listen with --server
            Try "evenkeel demo", or "evenkeel run --listen 8080 --server 127.0.0.1:8081", \
            or "evenkeel run --help".

            """)
        throw ExitCode(2)
    }
}

/// Runs what may fail at start; the reason is one line, and the exit code 1, or 2 for an argument or a
/// configuration that is wrong.
func reportingFailure(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch let error where error is EndpointError || error is ArgumentMistake {
        StandardStream.error.write("error: \(error)\n")
        throw ExitCode(2)
    } catch let error as StartError where error.isMistake {
        StandardStream.error.write("error: \(error)\n")
        throw ExitCode(2)
    } catch let errors as LookupErrors {
        StandardStream.error.write("\(errors)\n")
        throw ExitCode(1)
    } catch {
        StandardStream.error.write("error: \(error)\n")
        throw ExitCode(1)
    }
}

extension LogLevel {
    /// The same in the logger's words.
    var logged: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
