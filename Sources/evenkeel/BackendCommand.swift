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
            let loop = try EventLoop()
            let endpoint = try Endpoint(port)
            let backend = try Self.bind(endpoint, name: name, baseDelay: baseDelay.milliseconds, on: loop)
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

    private static func bind(
        _ endpoint: Endpoint, name: String, baseDelay: ClosedRange<Int>, on loop: EventLoop
    ) throws -> DemoBackend {
        let address = try endpoint.resolve()
        do {
            return try DemoBackend(on: loop, listen: address, name: name, baseDelay: baseDelay)
        } catch DemoBackendError.cannotListen(_, let error) {
            throw StartError.listening(on: endpoint, error)
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
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
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
