import FoundationEssentials
import LoadTesting
import Time

/// A result as JSON, with the names that the admin API gives it.
enum LoadJSON {
    static func text(_ report: LoadReport, of setup: LoadSetup) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Encoding fails for numbers that JSON lacks, and none is made here.
        let data = (try? encoder.encode(Result(report, setup))) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Result: Encodable {
        let plan: Plan
        let sent, answered, succeeded, failed, unsent: Int
        let elapsedSeconds, requestsPerSecond: Double
        let bytes: UInt64
        let bytesPerSecond: Double
        let latency, connect: Latency?
        let byStatus, statuses, errors: [String: Int]
        let servers: [Server]
        let histogram: [Bar]
        let wasCancelled: Bool
        let warnings: [Warning]
        let failedConditions: [String]

        enum CodingKeys: String, CodingKey {
            case plan, sent, answered, succeeded, failed, unsent, bytes, statuses, errors, servers, histogram
            case warnings
            case elapsedSeconds = "elapsed_seconds"
            case requestsPerSecond = "requests_per_second"
            case bytesPerSecond = "bytes_per_second"
            case latency = "latency_ms"
            case connect = "connect_ms"
            case byStatus = "by_status"
            case wasCancelled = "was_cancelled"
            case failedConditions = "failed_conditions"
        }

        init(_ report: LoadReport, _ setup: LoadSetup) {
            plan = Plan(setup)
            sent = report.sent
            answered = report.answered
            succeeded = report.succeeded
            failed = report.failed
            unsent = report.unsent
            elapsedSeconds = report.elapsed.inSeconds
            requestsPerSecond = report.requestsPerSecond.rounded(to: 1000)
            bytes = report.bytes
            bytesPerSecond = report.bytesPerSecond.rounded()
            latency = report.latency.map(Latency.init)
            connect = report.connectTime.map(Latency.init)
            byStatus = Dictionary(
                uniqueKeysWithValues: StatusCounts.classes.map { ("\($0)xx", report.statuses[$0]) })
            statuses = Dictionary(
                uniqueKeysWithValues: report.statuses.exact.map { ("\($0.status)", $0.count) })
            errors = Dictionary(uniqueKeysWithValues: report.errors.map { ($0.key.rawValue, $0.value) })
            servers = report.servers.map { Server(name: $0.name, requests: $0.requests, share: $0.share) }
            histogram = report.histogram.map { Bar(from: $0.from, to: $0.to, count: $0.count) }
            wasCancelled = report.wasCancelled
            warnings = report.warnings.map {
                Warning(kind: $0.kind.rawValue, asked: $0.asked, reached: $0.reached, text: $0.text)
            }
            failedConditions = setup.conditions.filter { $0.holds(for: report) }.map {
                $0.finding(for: report)
            }
        }

        /// By hand, because what is absent is told as null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(plan, forKey: .plan)
            try container.encode(sent, forKey: .sent)
            try container.encode(answered, forKey: .answered)
            try container.encode(succeeded, forKey: .succeeded)
            try container.encode(failed, forKey: .failed)
            try container.encode(unsent, forKey: .unsent)
            try container.encode(elapsedSeconds, forKey: .elapsedSeconds)
            try container.encode(requestsPerSecond, forKey: .requestsPerSecond)
            try container.encode(bytes, forKey: .bytes)
            try container.encode(bytesPerSecond, forKey: .bytesPerSecond)
            try container.encode(latency, forKey: .latency)
            try container.encode(connect, forKey: .connect)
            try container.encode(byStatus, forKey: .byStatus)
            try container.encode(statuses, forKey: .statuses)
            try container.encode(errors, forKey: .errors)
            try container.encode(servers, forKey: .servers)
            try container.encode(histogram, forKey: .histogram)
            try container.encode(wasCancelled, forKey: .wasCancelled)
            try container.encode(warnings, forKey: .warnings)
            try container.encode(failedConditions, forKey: .failedConditions)
        }
    }

    private struct Plan: Encodable {
        let url, method: String
        let requests: Int?
        let durationSeconds: Double?
        let concurrency: Int
        let rate: Double?
        let keepAlive: Bool
        let timeoutSeconds: Double

        enum CodingKeys: String, CodingKey {
            case url, method, requests, concurrency, rate
            case durationSeconds = "duration_seconds"
            case keepAlive = "keep_alive"
            case timeoutSeconds = "timeout_seconds"
        }

        init(_ setup: LoadSetup) {
            url = setup.url
            method = setup.plan.method.text
            switch setup.plan.amount {
            case .requests(let count): (requests, durationSeconds) = (count, nil)
            case .duration(let span): (requests, durationSeconds) = (nil, span.inSeconds)
            case .unlimited: (requests, durationSeconds) = (nil, nil)
            }
            concurrency = setup.plan.concurrency
            rate = setup.plan.ratePerSecond
            keepAlive = setup.plan.keepAlive
            timeoutSeconds = setup.plan.timeout.inSeconds
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(url, forKey: .url)
            try container.encode(method, forKey: .method)
            try container.encode(requests, forKey: .requests)
            try container.encode(durationSeconds, forKey: .durationSeconds)
            try container.encode(concurrency, forKey: .concurrency)
            try container.encode(rate, forKey: .rate)
            try container.encode(keepAlive, forKey: .keepAlive)
            try container.encode(timeoutSeconds, forKey: .timeoutSeconds)
        }
    }

    private struct Latency: Encodable {
        let count: Int
        let min, mean, p50, p90, p95, p99, p99_9, max: Double

        init(_ summary: LatencySummary) {
            count = summary.count
            min = summary.min
            mean = summary.mean.rounded(to: 1000)
            p50 = summary.p50
            p90 = summary.p90
            p95 = summary.p95
            p99 = summary.p99
            p99_9 = summary.p99_9
            max = summary.max
        }
    }

    private struct Server: Encodable {
        let name: String
        let requests: Int
        let share: Double
    }

    private struct Warning: Encodable {
        let kind: String
        let asked, reached: Double
        let text: String
    }

    private struct Bar: Encodable {
        let from, to: Double
        let count: Int

        enum CodingKeys: String, CodingKey {
            case from = "from_ms"
            case to = "to_ms"
            case count
        }
    }
}
