import Glibc

/// What the process was started with.
public enum Environment {
    /// All variables.
    public static var all: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    /// Whether a file can be read.
    public static func isReadable(_ path: String) -> Bool {
        access(path, R_OK) == 0
    }
}
