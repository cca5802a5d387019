import Configuration

/// What a person reads when a configuration is loaded: every message, or that there is none.
func messages(
    _ text: String?, environment: [String: String] = [:],
    flags: ConfigurationOverrides = ConfigurationOverrides()
) -> String {
    let file = text.map { ConfigurationFile(name: "evenkeel.yaml", text: $0) }
    do throws(ConfigurationErrors) {
        _ = try Configuration.load(file: file, environment: environment, flags: flags)
        return "valid"
    } catch {
        return error.description
    }
}
