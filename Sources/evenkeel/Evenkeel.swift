import ArgumentParser
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
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch  where exitCode(for: error) == .validationFailure {
            StandardStream.error.write(fullMessage(for: error) + "\n")
            exit(withError: ExitCode(2))
        } catch {
            exit(withError: error)
        }
    }
}

/// The release that this program is.
enum Version {
    static let current = "0.1.0"
}
