import LoadTesting

/// What `--fail-if` asks of a result, such as `p99>50ms` or `failed>1%`.
struct LoadCondition: Equatable {
    /// What is compared.
    enum Subject: String, CaseIterable {
        case min, mean, p50, p90, p95, p99
        case p99_9 = "p99.9"
        case max, errors, failed, rate

        var isLatency: Bool {
            switch self {
            case .min, .mean, .p50, .p90, .p95, .p99, .p99_9, .max: true
            case .errors, .failed, .rate: false
            }
        }
    }

    private enum Comparison: String, CaseIterable {
        // The longer first, because one begins as the other.
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    private let text: String
    private let subject: Subject
    private let comparison: Comparison
    /// Milliseconds, a count, requests a second, or a percentage.
    private let bound: Double
    private let isPercentage: Bool

    /// Reads a condition.
    init(_ text: String) throws(LoadMistake) {
        guard let comparison = Comparison.allCases.first(where: { text.contains($0.rawValue) }),
            let place = text.range(of: comparison.rawValue)
        else { throw Self.mistake(text, "it has no \">\" and no \"<\"") }
        let name = Self.withoutSpacesAround(text[..<place.lowerBound])
        guard let subject = Subject(rawValue: name.lowercased()) else {
            let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.mistake(text, "\"\(name)\" is none of \(names)")
        }
        let value = Self.withoutSpacesAround(text[place.upperBound...])
        isPercentage = value.hasSuffix("%")
        guard let bound = Self.bound(value, of: subject) else {
            throw Self.mistake(text, "\"\(value)\" is nothing to compare \(subject.rawValue) with")
        }
        self.text = "\(name)\(comparison.rawValue)\(value)"
        self.subject = subject
        self.comparison = comparison
        self.bound = bound
    }

    private static func withoutSpacesAround(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func mistake(_ text: String, _ problem: String) -> LoadMistake {
        LoadMistake("--fail-if \"\(text)\": \(problem); write p99>50ms, errors>0, failed>1% or rate<1000")
    }

    private static func bound(_ value: String, of subject: Subject) -> Double? {
        if subject.isLatency { return LoadNumber.microseconds(value[...], unitless: 1000).map { $0 / 1000 } }
        if value.hasSuffix("%") { return subject == .rate ? nil : LoadNumber.decimal(value.dropLast()) }
        if subject == .rate, value.hasSuffix("/s") { return LoadNumber.decimal(value.dropLast(2)) }
        return LoadNumber.decimal(value[...])
    }

    /// Whether it holds. A latency that was never measured, because nothing was answered, meets any bound above it:
    /// a test that reached nobody must not pass.
    func holds(for report: LoadReport) -> Bool {
        guard let value = value(in: report) else { return comparison == .above || comparison == .atLeast }
        return switch comparison {
        case .atLeast: value >= bound
        case .atMost: value <= bound
        case .above: value > bound
        case .below: value < bound
        }
    }

    /// What was found, for a person: `p99>50ms (p99 is 71.2 ms)`.
    func finding(for report: LoadReport) -> String {
        guard let value = value(in: report) else { return "\(text) (nothing was answered)" }
        let found =
            if subject.isLatency {
                LoadText.milliseconds(value)
            } else if isPercentage {
                LoadText.decimal(value, 2) + " %"
            } else if subject == .rate {
                LoadText.decimal(value, 1) + "/s"
            } else {
                LoadText.count(Int(value))
            }
        return "\(text) (\(subject.rawValue) is \(found))"
    }

    private func value(in report: LoadReport) -> Double? {
        switch subject {
        case .min: report.latency?.min
        case .mean: report.latency?.mean
        case .p50: report.latency?.p50
        case .p90: report.latency?.p90
        case .p95: report.latency?.p95
        case .p99: report.latency?.p99
        case .p99_9: report.latency?.p99_9
        case .max: report.latency?.max
        case .errors: part(report.sent - report.answered, of: report)
        case .failed: part(report.failed, of: report)
        case .rate: report.requestsPerSecond
        }
    }

    private func part(_ count: Int, of report: LoadReport) -> Double {
        isPercentage ? 100 * Double(count) / Double(max(report.sent, 1)) : Double(count)
    }
}
