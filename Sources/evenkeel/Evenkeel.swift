import ArgumentParser
import EventLoop
import Platform

/// The command `evenkeel`.
@main
struct Evenkeel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evenkeel",
        abstract: "A TCP and HTTP/1.1 load balancer that shows what it does.",
        discussion: """
            EXAMPLES
              evenkeel demo                        three backends and a balancer, in one command
              evenkeel run evenkeel.yaml           balance as a file says
              evenkeel run --listen 8080 --server 127.0.0.1:8081 --server 127.0.0.1:8082
              evenkeel check evenkeel.yaml         find every mistake in a file, start nothing
              evenkeel load                        20 requests to the demo, and who answered each
              evenkeel load -z 10s -c 100 http://127.0.0.1:8080/
            """,
        version: Version.current,
        subcommands: [
            RunCommand.self, DemoCommand.self, CheckCommand.self, LoadCommand.self, BackendCommand.self,
        ]
    )

    /// Runs what the arguments say. Mistakes in them end with 2, as those in a configuration do.
    static func main() {
        StandardStream.fillGaps()
        // The write tells it, so that it can be said what was lost.
        SignalWatch.ignoreBrokenPipes()
        do {
            let arguments = LoadOptions.partingAttachedValues(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(joiningNegativeNumbers(arguments))
            try command.run()
        } catch {
            end(with: error)
        }
    }

    /// Makes `--name=-1` of `--name -1`, which the parser takes for an option without its value and another option: so that
    /// the message is the one for a number that is too small. No option of ours begins with a digit.
    static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return joined + arguments[index...] }
            if let last = joined.last, last.hasPrefix("-"), !last.contains("="), isNegative(argument) {
                joined[joined.count - 1] = "\(last)=\(argument)"
            } else {
                joined.append(argument)
            }
        }
        return joined
    }

    private static func isNegative(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), let first = argument.dropFirst().first else { return false }
        return first == "." || ("0"..."9").contains(first)
    }

    /// Ends with an error, or with a help text, which the parser tells as one. What the parser itself would print is lost
    /// in silence when it cannot be written.
    private static func end(with error: any Error) -> Never {
        do {
            if let error = error as? OutputError { throw error }
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code.isSuccess {
                try StandardStream.output.write(text + "\n")
            } else if !text.isEmpty {
                StandardStream.error.write(text + "\n")
            }
            exit(withError: code == .validationFailure ? ExitCode(2) : code)
        } catch {
            StandardStream.error.write("error: \(error)\n")
            exit(withError: ExitCode(1))
        }
    }
}

/// The release that this program is.
enum Version {
    static let current = "0.1.0"
}
