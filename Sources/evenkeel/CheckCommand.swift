import ArgumentParser
import Configuration
import Platform

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration and start nothing.",
        discussion: """
            Exit code 0 when it is valid, else 2 with every mistake, its line and what would be right.

            EXAMPLES
              evenkeel check evenkeel.yaml
              evenkeel check --print evenkeel.yaml     what holds, and where each value comes from
            """
    )

    @OptionGroup var settings: SettingOptions

    @Flag(help: "Print the effective configuration, with where each value comes from.")
    var print = false

    func run() throws {
        let configuration = try settings.load()
        if print {
            return try StandardStream.output.write(configuration.printed())
        }
        let servers = configuration.services.reduce(0) { $0 + $1.servers.count }
        try StandardStream.output.write(
            """
            \(settings.source ?? "what the flags say") is valid: \
            \(count(configuration.services.count, "service")), \(count(servers, "server"))

            """)
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
