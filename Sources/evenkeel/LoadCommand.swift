import ArgumentParser
import EventLoop
import LoadTesting
import Platform

struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Send requests to a URL, and say how fast and by whom they were answered.",
        discussion: """
            Without -n, -z, -c and -q it sends 20 requests one after the other and prints who answered each. \
            With them it sends as many as the connections carry, or at a fixed rate (-q): then latencies count \
            from when a request was meant to begin, so that a server that stands still cannot hide it.

            EXAMPLES
              evenkeel load                                      20 requests to \(LoadURL.usual)
              evenkeel load -z 10s -c 100 http://127.0.0.1:8080/
              evenkeel load -n 5000 -q 500 http://127.0.0.1:8080/
              evenkeel load -z 30s --fail-if 'p99>50ms' --fail-if 'failed>1%' http://127.0.0.1:8080/
              evenkeel load --continuous                         on and on, until Ctrl-C

            Exit code 0; 1 when a --fail-if holds, nothing was answered or the result could not be written; \
            2 for a mistake in the arguments.
            """
    )

    @OptionGroup var options: LoadOptions

    func run() throws {
        let setup = try options.read()
        try reportingFailure {
            _ = DescriptorLimit.raiseToHardLimit()
            let loop = try EventLoop()
            let run = try LoadRun(setup, on: loop)
            let signals = try SignalDrivenRun(on: loop) { run.cancel() }
            run.start()
            loop.run()
            _ = consume signals
            if let error = run.lostOutput { throw error }
            guard let report = run.report else { return }
            try LoadOutput(setup).write(report)
            if setup.form != .text {
                for warning in report.warnings { StandardStream.error.write("warning: \(warning.text)\n") }
            }
            let reached = report.answered > 0 || report.sent == 0
            let broken = setup.conditions.filter { $0.holds(for: report) }
            for condition in broken {
                StandardStream.error.write("failed: \(condition.finding(for: report))\n")
            }
            guard broken.isEmpty, reached else { throw ExitCode(1) }
        }
    }
}

extension LoadOptions {
    /// The short options, all of which take a value.
    private static let shortNames: Set<Character> = ["n", "z", "c", "q", "m", "H", "d", "t"]
    /// Those whose value may be any argument, also one that begins with a dash.
    private static let takingAnything: Set<String> = ["-H", "--header", "-d", "--data"]
    /// Written with one dash they are a slip, not a short option with its value.
    private static let longNames: Set<Substring> = [
        "requests", "duration", "concurrency", "rate", "method", "header", "data", "threads", "timeout",
        "disable-keepalive", "json", "csv", "fail-if", "continuous", "help", "version",
    ]

    /// Makes `-n=5` of `-n5`, as curl, hey, wrk and oha have it (POSIX.1-2024, Utility Syntax Guideline 6). The parser's own
    /// `allowingJoined` takes none with an equals sign in the value, such as `-dname=value`.
    static func partingAttachedValues(_ arguments: [String]) -> [String] {
        guard arguments.first == LoadCommand.configuration.commandName else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var isValue = false
        return arguments[..<end].map { argument in
            defer { isValue = !isValue && takingAnything.contains(argument) }
            return isValue ? argument : parted(argument)
        } + arguments[end...]
    }

    private static func parted(_ argument: String) -> String {
        let name = argument.dropFirst()
        guard argument.hasPrefix("-"), let short = name.first, shortNames.contains(short),
            !longNames.contains(name.prefix { $0 != "=" })
        else { return argument }
        let value = name.dropFirst()
        return value.isEmpty || value.hasPrefix("=") ? argument : "-\(short)=\(value)"
    }
}

/// What a load test is told. All of it is read as text here, so that each mistake is told in our words.
struct LoadOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Where requests go: http://host:port/path. (default: \(LoadURL.usual))"))
    var url: String?

    @Option(
        name: [.customShort("n"), .long], help: "Requests in all. (default: 200, or 20 one after the other)")
    var requests: String?

    @Option(
        name: [.customShort("z"), .long], help: "How long requests begin, such as 10s or 2m, in place of -n.")
    var duration: String?

    @Option(
        name: [.customShort("c"), .long], help: "Connections, each with one request at a time. (default: 10)")
    var concurrency: String?

    @Option(
        name: [.customShort("q"), .long],
        help: "Requests a second in all, sent on time whether earlier ones were answered or not.")
    var rate: String?

    @Option(name: [.customShort("m"), .long], help: "GET, HEAD, POST, PUT, DELETE, OPTIONS or PATCH.")
    var method: String?

    @Option(
        name: [.customShort("H"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A field of each request; once for each.", valueName: "name: value"))
    var header: [String] = []

    @Option(
        name: [.customShort("d"), .long], parsing: .unconditionalSingleValue,
        help:
            "The body of each request, or @FILE, or @- for standard input; with it the method is POST unless -m says."
    )
    var data: [String] = []

    @Option(name: [.customShort("t"), .long], help: "Threads, at most one a connection. (default: 2)")
    var threads: String?

    @Option(help: "How long one request may take before it counts as failed. (default: 30s)")
    var timeout: String?

    @Flag(help: "A connection for each request.")
    var disableKeepalive = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Print the result as CSV: a line of names and a line of values.")
    var csv = false

    @Option(
        help: ArgumentHelp(
            "Exit with 1 when this holds of the result; once for each. Such as p99>50ms, failed>1%, rate<1000.",
            valueName: "condition"))
    var failIf: [String] = []

    @Flag(help: "Go on until Ctrl-C, and print who answered each request: two a second unless -q says more.")
    var continuous = false

    /// Understands the options.
    ///
    /// - Throws: exit code 2 after the mistake was printed.
    func read() throws -> LoadSetup {
        do {
            return try LoadSetup(self)
        } catch let code as ExitCode {
            throw code
        } catch let errors as LookupErrors {
            StandardStream.error.write("\(errors)\n")
            throw ExitCode(2)
        } catch {
            StandardStream.error.write("error: \(error)\nSee \"evenkeel load --help\".\n")
            throw ExitCode(2)
        }
    }
}
