import ArgumentParser
import Configuration
import DemoBackend
import EventLoop
import Platform
import Sockets

struct BackendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backend",
        abstract: "Run one demo backend, which answers in JSON which server it is.",
        discussion: """
            EXAMPLES
              evenkeel backend --port 8081 --name Server-1
              evenkeel backend --port 8082 --name Server-2 --base-delay 0
              curl 'http://127.0.0.1:8081/?delay=1500'                      this answer takes 1.5 s
              curl 'http://127.0.0.1:8081/control?set_delay_ms=1500'        and now each one does
            """
    )

    @Option(help: "Where to listen: a port (on 127.0.0.1) or any other address; 0 takes a free one.")
    var port = "8081"

    @Option(help: "The name that its answers carry.")
    var name = "Server-1"

    @Option(help: "Milliseconds that an answer takes: a number, or a range such as 10-50; 0 for benchmarks.")
    var baseDelay = BaseDelay.usual

    @Option(help: .hidden)
    var parentPid: Int32?

    func run() throws {
        try reportingFailure {
            if let parentPid, !ChildProcess.endWithParent(parentPid) { return }
            let endpoint = try Endpoint(port)
            try checkName()
            let loop = try EventLoop()
            let backend = try bind(endpoint, name: name, baseDelay: baseDelay.milliseconds, on: loop)
            let patience = try Timer(on: loop) { loop.stop() }
            let signals = try SignalDrivenRun(on: loop) {
                backend.shutDown { loop.stop() }
                patience.schedule(after: Defaults.shutdownTimeout)
            }
            try announce(backend.address)
            loop.run()
            _ = consume signals
        }
    }

    private func bind(
        _ endpoint: Endpoint, name: String, baseDelay: ClosedRange<Int>, on loop: EventLoop
    ) throws -> DemoBackend {
        let address = try NameLookups.addresses(of: endpoint)[0]
        do {
            return try DemoBackend(on: loop, listen: address, name: name, baseDelay: baseDelay)
        } catch DemoBackendError.cannotListen(_, let error) {
            throw parentPid == nil
                ? StartError.listening(on: endpoint, error)
                : StartError.demo("--backend-port, once for each backend", on: endpoint, error)
        }
    }

    /// It stands in a field of each answer.
    private func checkName() throws {
        let isFit =
            (1...64).contains(name.count)
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isFit else {
            throw ArgumentMistake(
                "--name must be 1 to 64 characters without control characters, not \(name.debugDescription)")
        }
    }

    /// For a person on standard error, and for the demo, which started this process, on standard output.
    private func announce(_ address: SocketAddress) throws {
        if parentPid == nil {
            Log.make(level: .info).info("\(name): listening on \(address)")
        } else {
            try StandardStream.output.write("\(address)\n")
        }
    }
}

/// A time that each answer takes, picked at random from a range.
struct BaseDelay: ExpressibleByArgument {
    static let longest = DemoBackend.longestDelay
    /// Slow enough to be seen, fast enough not to bore.
    static let usual = BaseDelay(milliseconds: DemoBackend.defaultBaseDelay)

    let milliseconds: ClosedRange<Int>

    init(milliseconds: ClosedRange<Int>) {
        self.milliseconds = milliseconds
    }

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { part in
            part.utf8.allSatisfy(LoadNumber.isDigit) ? Int(part) : nil
        }
        switch parts.count {
        case 1:
            guard let only = parts[0], (0...Self.longest).contains(only) else { return nil }
            milliseconds = only...only
        case 2:
            guard let low = parts[0], let high = parts[1], 0 <= low, low <= high, high <= Self.longest
            else { return nil }
            milliseconds = low...high
        default:
            return nil
        }
    }

    var defaultValueDescription: String {
        milliseconds.lowerBound == milliseconds.upperBound
            ? "\(milliseconds.lowerBound)" : "\(milliseconds.lowerBound)-\(milliseconds.upperBound)"
    }
}
