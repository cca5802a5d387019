import LoadTesting
import Platform
import Time

/// The result of a run, on standard output.
struct LoadOutput {
    private static let barWidth = 40

    private let setup: LoadSetup

    init(_ setup: LoadSetup) {
        self.setup = setup
    }

    /// - Throws: ``OutputError``.
    func write(_ report: LoadReport) throws {
        let text =
            switch setup.form {
            case .text: self.text(report)
            case .json: LoadJSON.text(report, of: setup)
            case .csv: LoadCSV.text(report, of: setup)
            }
        try StandardStream.output.write(text)
    }

    // MARK: Text

    func text(_ report: LoadReport) -> String {
        var sections = [heading(report), totals(report)]
        if let latencies = latencies(report) { sections.append(latencies) }
        if !report.histogram.isEmpty { sections.append(histogram(report)) }
        if report.answered > 0 { sections.append(statuses(report)) }
        if !report.errors.isEmpty { sections.append(errors(report)) }
        if !report.servers.isEmpty { sections.append(servers(report)) }
        return (setup.printsAnswers ? "\n" : "") + sections.joined(separator: "\n") + "\n"
    }

    private func heading(_ report: LoadReport) -> String {
        let plan = setup.plan
        var parts = ["\(plan.method.text) \(setup.url)"]
        parts.append(LoadText.count(plan.concurrency, "connection"))
        parts.append(plan.keepAlive ? "kept alive" : "one for each request")
        if let rate = plan.ratePerSecond { parts.append("\(Self.short(rate)) requests/s") }
        let ending = report.wasCancelled && plan.amount != .unlimited ? "\n  ended early, by Ctrl-C" : ""
        return parts.joined(separator: " · ") + ending + "\n"
    }

    private func totals(_ report: LoadReport) -> String {
        let failed =
            report.failed == 0
            ? "" : "  (\(LoadText.share(Double(report.failed) / Double(max(report.sent, 1)))))"
        var rows = [
            (
                "sent",
                "\(LoadText.count(report.sent, "request")) in \(LoadText.seconds(report.elapsed.inSeconds))"
            ),
            ("answered", LoadText.count(report.answered)),
            ("failed", LoadText.count(report.failed) + failed),
            (
                "rate",
                "\(LoadText.decimal(report.requestsPerSecond, report.requestsPerSecond < 100 ? 1 : 0)) requests/s"
            ),
            (
                "received",
                "\(LoadText.bytes(Double(report.bytes))), \(LoadText.bytes(report.bytesPerSecond))/s"
            ),
        ]
        if report.unsent > 0 {
            let why = "due at this rate, but no connection was free"
            rows.append(("not sent", "\(LoadText.count(report.unsent))  (\(why))"))
        }
        return rows.map { "  \(Self.filled($0.0, 10))\($0.1)\n" }.joined()
            + report.warnings.map { "  warning: \($0.text)\n" }.joined()
    }

    private func latencies(_ report: LoadReport) -> String? {
        guard let latency = report.latency else { return nil }
        var text = "\(Self.filled("Latency", 25))\(report.connectTime == nil ? "" : "Connecting")\n"
        for (name, value) in Self.values {
            let columns = [latency, report.connectTime].compactMap { summary in
                summary.map { LoadText.padded(LoadText.milliseconds(value($0), like: $0.p50), 14) }
            }
            text += "  \(Self.filled(name, 5))\(columns.joined())\n"
        }
        return text
    }

    private static let values: [(String, @Sendable (LatencySummary) -> Double)] = [
        ("min", { $0.min }), ("mean", { $0.mean }), ("p50", { $0.p50 }), ("p90", { $0.p90 }),
        ("p95", { $0.p95 }),
        ("p99", { $0.p99 }), ("p99.9", { $0.p99_9 }), ("max", { $0.max }),
    ]

    private func histogram(_ report: LoadReport) -> String {
        let most = Double(report.histogram.map(\.count).max() ?? 1)
        let decimals = Self.decimals(report.histogram)
        let rows = report.histogram.map { bar in
            (
                from: LoadText.decimal(bar.from, decimals), to: LoadText.decimal(bar.to, decimals),
                count: LoadText.count(bar.count), part: Double(bar.count) / max(most, 1)
            )
        }
        let widths = (
            from: rows.map(\.from.count).max() ?? 0, to: rows.map(\.to.count).max() ?? 0,
            count: rows.map(\.count.count).max() ?? 0
        )
        return "Histogram\n"
            + rows.map { row in
                let span =
                    "\(LoadText.padded(row.from, widths.from)) to \(LoadText.padded(row.to, widths.to)) ms"
                return Self.trimmed(
                    "  \(span)  \(LoadText.padded(row.count, widths.count))  \(LoadText.bar(row.part, Self.barWidth))"
                )
                    + "\n"
            }.joined()
    }

    /// As many as tell one bar from the next.
    private static func decimals(_ bars: [HistogramBar]) -> Int {
        guard let first = bars.first else { return 0 }
        let width = first.to - first.from
        return width < 0.01 ? 3 : width < 0.1 ? 2 : width < 1 ? 1 : 0
    }

    private func statuses(_ report: LoadReport) -> String {
        func row(_ name: String, _ count: Int) -> String {
            "\(Self.filled(name, 8))\(LoadText.padded(LoadText.count(count), 12))\n"
        }
        var text = "Answers by status\n"
        var statusClass = 0
        for (status, count) in report.statuses.exact {
            if status / 100 != statusClass {
                statusClass = status / 100
                text += row("  \(statusClass)xx", report.statuses[statusClass])
            }
            text += row("    \(status)", count)
        }
        return text
    }

    private func errors(_ report: LoadReport) -> String {
        let rows = report.errors.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let width = rows.map { LoadText.count($0.value).count }.max() ?? 0
        return "Without an answer\n"
            + rows.map { "  \(LoadText.padded(LoadText.count($0.value), width))  \($0.key.title)\n" }.joined()
    }

    private func servers(_ report: LoadReport) -> String {
        let names = report.servers.map { LineLogHandler.oneLine($0.name) }
        let width = names.map(\.count).max() ?? 0
        let most = report.servers.map(\.share).max() ?? 1
        var text = "Answered by\n"
        for (name, server) in zip(names, report.servers) {
            let count = LoadText.padded(LoadText.count(server.requests), 10)
            let share = LoadText.padded(LoadText.share(server.share), 8)
            let bar = LoadText.bar(server.share / max(most, .leastNonzeroMagnitude), Self.barWidth)
            text += "  \(Self.filled(name, width))\(count)\(share)  \(bar)\n"
        }
        return text
    }

    private static func short(_ rate: Double) -> String {
        LoadText.decimal(rate, rate == rate.rounded() ? 0 : 2)
    }

    /// Filled up at the right.
    private static func filled(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}
