/// Writes the text that Prometheus scrapes: exposition format 0.0.4, as its documentation of exposition
/// formats has it. A family begins with its name, and all of its samples follow.
public struct PrometheusText: Sendable {
    /// What a family's samples are.
    public enum Kind: String, Sendable {
        /// Only grows, but for a new start.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts by upper bounds.
        case histogram
        /// How many there were, and their sum.
        case summary
    }

    /// What tells samples of a family apart.
    public typealias Labels = KeyValuePairs<String, String>

    /// The text so far.
    public private(set) var text = ""
    private var name = ""

    /// An empty text.
    public init() {}

    /// Takes out the text so far; the family goes on.
    public mutating func take() -> String {
        defer { text = "" }
        return text
    }

    /// Begins a family.
    public mutating func family(_ name: String, _ kind: Kind, help: String) {
        self.name = name
        text += "# HELP \(name) \(help.escaped(quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample of the family that was begun last.
    public mutating func sample(_ value: UInt64, _ labels: Labels = [:]) {
        line("", labels.map { $0 }, "\(value)")
    }

    /// A sample of the family that was begun last.
    public mutating func sample(_ value: Double, _ labels: Labels = [:]) {
        line("", labels.map { $0 }, value.asSample)
    }

    /// A histogram, in seconds, of the family that was begun last.
    ///
    /// - Parameter bounds: in microseconds, rising.
    public mutating func histogram(
        _ latency: LatencyHistogram, upTo bounds: [UInt64], _ labels: Labels = [:]
    ) {
        let pairs = labels.map { $0 }
        for (bound, count) in zip(bounds, latency.counts(upTo: bounds)) {
            line("_bucket", pairs + [("le", (Double(bound) / 1e6).asSample)], "\(count)")
        }
        line("_bucket", pairs + [("le", "+Inf")], "\(latency.count)")
        line("_sum", pairs, (Double(latency.sum) / 1e6).asSample)
        line("_count", pairs, "\(latency.count)")
    }

    /// A summary without quantiles, of the family that was begun last.
    public mutating func summary(count: UInt64, sum: Double, _ labels: Labels = [:]) {
        line("_sum", labels.map { $0 }, sum.asSample)
        line("_count", labels.map { $0 }, "\(count)")
    }

    private mutating func line(_ suffix: String, _ labels: [(key: String, value: String)], _ value: String) {
        text += name + suffix
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.key)=\"\($0.value.escaped(quotes: true))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }
}

extension Double {
    /// As Go's ParseFloat reads it, which is what the format asks for.
    fileprivate var asSample: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Inf" : "+Inf" }
        return self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)"
    }
}

extension String {
    /// Backslashes and line feeds as escapes; quotation marks too, in the value of a label.
    fileprivate func escaped(quotes: Bool) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
