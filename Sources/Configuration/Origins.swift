/// Where a value comes from.
public enum Origin: Equatable, Sendable, CustomStringConvertible {
    /// Nobody said anything.
    case standard
    /// A line of the file, counted from 1.
    case file(name: String, line: Int)
    /// A variable of the environment.
    case environment(String)
    /// A flag of the command line.
    case flag(String)

    /// As the comments of ``Configuration/printed()`` have it.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let line): "\(name):\(line)"
        case .environment(let name), .flag(let name): name
        }
    }
}

/// Where each value of a configuration comes from.
///
/// A value is found by its path in the long form: `origins[["services", "main", "health", "rise"]]`,
/// `origins[["services", "main", "servers", "0", "weight"]]`, `origins[["log_level"]]`.
public struct Origins: Equatable, Sendable {
    private var known: [[String]: Origin] = [:]
    /// With the column, of what came from the file.
    private var places: [[String]: Place] = [:]

    /// No value comes from anywhere but the defaults.
    public init() {}

    /// Where the value at a path comes from.
    public subscript(path: [String]) -> Origin {
        get { known[path] ?? .standard }
        set { known[path] = newValue }
    }

    /// Where the value at a path is said, for a message about it.
    public func place(of path: [String]) -> Place {
        switch self[path] {
        case .standard: .nowhere
        case .file(let name, _): places[path] ?? .named(name)
        case .environment(let name), .flag(let name): .named(name)
        }
    }

    /// Notes that a value comes from a place in the file.
    mutating func set(_ path: [String], to place: Place) {
        guard case .file(let name, let line, _, _) = place else { return }
        known[path] = .file(name: name, line: line)
        places[path] = place
    }

    /// Takes back what is known of all values below a path.
    mutating func forget(below path: [String]) {
        known = known.filter { !$0.key.starts(with: path) }
    }
}
