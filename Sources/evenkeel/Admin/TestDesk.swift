import Dashboard
import EventLoop
import LoadTesting
import Logging
import Sockets
import Time

/// Runs the dashboard's load tests, one at a time, and remembers the last ones.
final class TestDesk {
    /// How many tests are remembered.
    private static let capacity = 10

    private struct Running {
        let id: Int
        let test: LoadTest
        let service: RunningService
        /// Whether the service can tell the test's requests from those of others.
        let isIdentified: Bool
    }

    private let services: [RunningService]
    private let loop: EventLoop
    private let log: Logger
    private var running: Running?
    private var count = 0
    /// Newest first.
    private(set) var tests: [TestStatus] = []
    /// Told of a test's start and end, with the service and a text for a person.
    var onChange: ((String, String) -> Void)?

    init(for services: [RunningService], on loop: EventLoop, log: Logger) {
        self.services = services
        self.loop = loop
        self.log = log
    }

    /// Starts a test, at a time that people know.
    ///
    /// - Throws: ``TestRefusal`` while another runs, or when the system lacks what it takes.
    func start(_ plan: TestPlan, at unixTime: Double) throws(TestRefusal) -> TestStatus {
        guard let service = services.first(where: { $0.name == plan.service }),
            let target = service.testTarget
        else { throw .impossible("the service \"\(plan.service)\" accepts nobody now") }
        let id = count + 1
        let identifier = plan.identifier(id)
        let loadPlan: LoadPlan
        do {
            loadPlan = try LoadPlan(plan, target: target.address, host: target.host, requestID: identifier)
        } catch {
            throw .wrong(member: error.subject.rawValue, problem: error.problem)
        }
        // A wrong plan stays wrong when the other test has ended: that is said first.
        if let running { throw .running(id: running.id) }
        let test: LoadTest
        do {
            test = try LoadTest(
                loadPlan, threads: LoadTest.threadsBesideReactor, on: loop,
                onProgress: { [weak self] in self?.note($0, of: id) },
                onEnd: { [weak self] in self?.finish($0, of: id) })
        } catch {
            throw .impossible("the test cannot start: \(error)")
        }
        count = id
        let status = TestStatus(id: id, plan: plan, startedAt: unixTime)
        tests.insert(status, at: 0)
        if tests.count > Self.capacity { tests.removeLast() }
        running = Running(id: id, test: test, service: service, isIdentified: identifier != nil)
        service.service.countRequests(identifiedAs: identifier)
        test.start()
        tell(plan.service, "load test \(id) began: \(plan.summary)")
        return status
    }

    /// Ends a test that runs: it is cancelled within 100 ms, when its result is there. The answer is how it stands, nil
    /// when none has this number.
    func cancel(_ id: Int) -> TestStatus? {
        if let running, running.id == id { running.test.cancel() }
        return tests.first { $0.id == id }
    }

    /// Ends whatever runs.
    func cancelAll() {
        if let running { _ = cancel(running.id) }
    }

    // MARK: How it goes

    private func note(_ progress: LoadProgress, of id: Int) {
        change(id) { test in
            test.elapsedSeconds = progress.elapsed.inSeconds.rounded(to: 1000)
            test.progress = progress.fraction
            test.sent = UInt64(progress.sent)
            test.answered = UInt64(progress.answered)
            test.succeeded = UInt64(progress.succeeded)
            test.failed = UInt64(progress.failed)
            test.requestsPerSecond = progress.requestsPerSecond.rounded(to: 10)
        }
    }

    private func finish(_ report: LoadReport, of id: Int) {
        guard let ended = running, ended.id == id else { return }
        running = nil
        let counted = ended.service.service.identifiedRequests
        ended.service.service.countRequests(identifiedAs: nil)
        let comparison = TestComparison(counted: counted, matches: counted == UInt64(report.sent))
        // What a cancel cut under way only one side has counted.
        let isComparable = ended.isIdentified && !report.wasCancelled
        let result = TestResult(report, isComparable ? comparison : nil)
        change(id) { test in
            test.state = report.wasCancelled ? .cancelled : .finished
            test.elapsedSeconds = result.elapsedSeconds
            if !report.wasCancelled { test.progress = 1 }
            test.sent = result.sent
            test.answered = result.answered
            test.succeeded = result.succeeded
            test.failed = result.failed
            test.requestsPerSecond = result.requestsPerSecond
            test.result = result
        }
        let word = report.wasCancelled ? "was cancelled" : "ended"
        tell(ended.service.name, "load test \(id) \(word): \(result.summary)")
    }

    private func change(_ id: Int, _ body: (inout TestStatus) -> Void) {
        guard let place = tests.firstIndex(where: { $0.id == id }) else { return }
        body(&tests[place])
    }

    private func tell(_ service: String, _ text: String) {
        log.info("\(service): \(text)")
        onChange?(service, text)
    }
}

extension LoadPlan {
    /// What the dashboard was asked for, against one of the balancer's own listeners.
    fileprivate init(
        _ plan: TestPlan, target: SocketAddress, host: String, requestID: String?
    ) throws(LoadPlanError) {
        let amount: Amount =
            if let seconds = plan.durationSeconds { .duration(.seconds(seconds)) } else {
                .requests(plan.requests ?? 1)
            }
        try self.init(
            target: target, host: host, method: plan.method, path: plan.path,
            headers: plan.headers.sorted { $0.key < $1.key }.map { Header($0.key, $0.value) },
            requestID: requestID, amount: amount, concurrency: plan.concurrency, ratePerSecond: plan.rate,
            keepAlive: plan.keepAlive, timeout: .seconds(plan.timeoutSeconds))
    }
}

extension TestPlan {
    /// The `X-Request-ID` of a test's requests, which nobody else can guess; nil when the plan has one of its own.
    fileprivate func identifier(_ id: Int) -> String? {
        guard !headers.keys.contains(where: { $0.lowercased() == "x-request-id" }) else { return nil }
        return "load-test-\(id)-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    }

    /// In a few words: "50 requests, 10 at a time, to http://127.0.0.1:8080/".
    fileprivate var summary: String {
        let amount =
            requests.map { "\(LoadText.count($0)) requests" } ?? TimeSpan.seconds(durationSeconds ?? 0).text
        let pace = rate.map { ", \(LoadText.decimal($0, 0)) a second" } ?? ""
        return "\(amount), \(LoadText.count(concurrency)) at a time\(pace), to \(url)"
    }
}

extension TestResult {
    fileprivate init(_ report: LoadReport, _ comparison: TestComparison?) {
        let classes = StatusCounts.classes.map { ("\($0)xx", UInt64(report.statuses[$0])) }
        self.init(
            sent: UInt64(report.sent), answered: UInt64(report.answered),
            succeeded: UInt64(report.succeeded), unsent: UInt64(report.unsent),
            elapsedSeconds: report.elapsed.inSeconds.rounded(to: 1000),
            bytes: report.bytes, latencyMs: report.latency.map(TestLatency.init),
            connectMs: report.connectTime.map(TestLatency.init),
            byStatus: Dictionary(uniqueKeysWithValues: classes),
            statuses: Dictionary(
                uniqueKeysWithValues: report.statuses.exact.map { ("\($0.status)", UInt64($0.count)) }),
            errors: Dictionary(
                uniqueKeysWithValues: report.errors.map { ($0.key.rawValue, UInt64($0.value)) }),
            servers: report.servers.map {
                TestServerShare(name: $0.name, requests: UInt64($0.requests), share: $0.share)
            },
            histogram: report.histogram.map {
                TestHistogramBar(fromMs: $0.from, toMs: $0.to, count: UInt64($0.count))
            },
            balancer: comparison,
            warnings: report.warnings.map {
                TestWarning(kind: $0.kind.rawValue, asked: $0.asked, reached: $0.reached, text: $0.text)
            })
    }

    /// In a few words.
    fileprivate var summary: String {
        let latency = latencyMs.map { latency in
            ", p50 \(LoadText.milliseconds(latency.p50)), p99 \(LoadText.milliseconds(latency.p99))"
        }
        let (good, all) = (LoadText.count(Int(succeeded)), LoadText.count(Int(sent)))
        return
            "\(good) of \(all) succeeded, \(LoadText.decimal(requestsPerSecond, 0)) a second\(latency ?? "")"
    }
}

extension TestLatency {
    fileprivate init(_ summary: LatencySummary) {
        self.init(
            count: UInt64(summary.count), min: summary.min, mean: summary.mean.rounded(to: 1000),
            p50: summary.p50,
            p90: summary.p90, p95: summary.p95, p99: summary.p99, p999: summary.p99_9, max: summary.max)
    }
}
