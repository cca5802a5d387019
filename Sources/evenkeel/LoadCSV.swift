import LoadTesting
import Time

/// A result as CSV (RFC 4180): a line of names and one of values, for a table of many runs.
enum LoadCSV {
    static func text(_ report: LoadReport, of setup: LoadSetup) -> String {
        let columns = columns(report, setup)
        return columns.map(\.name).joined(separator: ",") + "\n"
            + columns.map { quoted($0.value) }.joined(separator: ",") + "\n"
    }

    private static func columns(_ report: LoadReport, _ setup: LoadSetup) -> [(name: String, value: String)] {
        var columns: [(name: String, value: String)] = [
            ("url", setup.url), ("method", setup.plan.method.text),
            ("concurrency", "\(setup.plan.concurrency)"),
            ("rate", setup.plan.ratePerSecond.map { "\($0)" } ?? ""),
            ("rate_reached", report.fixedRate.map { "\($0.reached.rounded(to: 1000))" } ?? ""),
            ("keep_alive", "\(setup.plan.keepAlive)"),
            ("sent", "\(report.sent)"), ("answered", "\(report.answered)"),
            ("succeeded", "\(report.succeeded)"),
            ("failed", "\(report.failed)"), ("unsent", "\(report.unsent)"),
            ("elapsed_seconds", "\(report.elapsed.inSeconds)"),
            ("requests_per_second", "\(report.requestsPerSecond.rounded(to: 1000))"),
            ("bytes", "\(report.bytes)"),
        ]
        columns += latencies("latency", report.latency) + latencies("connect", report.connectTime)
        columns += StatusCounts.classes.map { ("status_\($0)xx", "\(report.statuses[$0])") }
        let exact = report.statuses.exact.map { "\($0.status):\($0.count)" }
        columns.append(("statuses", exact.joined(separator: " ")))
        columns += LoadFailure.allCases.map { ("error_\($0.rawValue)", "\(report.errors[$0] ?? 0)") }
        return columns
    }

    private static func latencies(
        _ name: String, _ summary: LatencySummary?
    ) -> [(name: String, value: String)] {
        let values: [(String, Double?)] = [
            ("min", summary?.min), ("mean", summary?.mean.rounded(to: 1000)), ("p50", summary?.p50),
            ("p90", summary?.p90),
            ("p95", summary?.p95), ("p99", summary?.p99), ("p99_9", summary?.p99_9), ("max", summary?.max),
        ]
        return values.map { ("\(name)_\($0)_ms", $1.map { "\($0)" } ?? "") }
    }

    private static func quoted(_ value: String) -> String {
        guard value.contains(where: { ",\"\r\n".contains($0) }) else { return value }
        return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
