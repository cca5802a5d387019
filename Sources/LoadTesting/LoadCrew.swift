import EventLoop
import Platform
import Time

/// The workers of one test, as the loop that asked for it sees them.
///
/// It keeps itself alive until each thread has been joined. The mailboxes' last references must go here: their
/// descriptors are open in this thread's table, and a worker would close its own copies only.
final class LoadCrew {
    /// What the caller wants to be told.
    struct Callbacks {
        let onAnswer: ((LoadAnswer) -> Void)?
        let onProgress: (LoadProgress) -> Void
        let onEnd: (LoadReport) -> Void
    }

    /// A worker's thread and the way to it.
    private final class Member {
        let commands: Mailbox<WorkerCommand>
        var thread: WorkerThread?
        var counters = LoadTally.Counters()
        var hasResult = false

        init() throws(EventLoopError) {
            commands = try Mailbox()
        }
    }

    /// What a worker's thread does: ``LoadWorker/run(_:commands:messages:)``, or what a test puts in its place.
    typealias Work =
        @Sendable (LoadWorker.Setting, Mailbox<WorkerCommand>, Mailbox<WorkerMessage>) -> Void

    /// How often progress is told: often enough for a bar to move smoothly.
    private static let progressInterval = TimeSpan.milliseconds(250)

    private let plan: LoadPlan
    private let loop: EventLoop
    private var callbacks: Callbacks?
    private let messages: Mailbox<WorkerMessage>
    private var members: [Member] = []
    private var running = 0
    private var sum = TallySum()
    private let serverNames = ServerNames()
    private var startedAt: Instant?
    private var wasCancelled = false
    private var timer: Timer?
    /// Ends the test at its bound, and ends it without the workers that do not obey.
    private var watchdog: Timer?
    private var told = (answered: 0, at: Instant.origin)
    /// Holds this crew by its callback, until the last thread has ended.
    private var reader: MailboxReader?

    init(
        _ plan: LoadPlan, threads: Int, on loop: EventLoop, callbacks: Callbacks,
        work: @escaping Work = { LoadWorker.run($0, commands: $1, messages: $2) }
    ) throws(LoadTestError) {
        self.plan = plan
        self.loop = loop
        self.callbacks = callbacks
        do { messages = try Mailbox() } catch { throw .loop(error) }
        do {
            timer = try Timer(on: loop) { [unowned self] in tellProgress() }
            watchdog = try Timer(on: loop) { [unowned self] in watchdogFired() }
            reader = try messages.open(on: loop) { [self] in receive($0) }
            for (index, share) in Share.all(of: plan, threads: threads).enumerated() {
                try add(share, index, reportsAnswers: callbacks.onAnswer != nil, work)
            }
        } catch {
            abandon()
            throw LoadTestError(error)
        }
    }

    private func add(_ share: Share, _ index: Int, reportsAnswers: Bool, _ work: @escaping Work) throws {
        let member = try Member()
        let (plan, commands, messages) = (plan, member.commands, messages)
        let setting = LoadWorker.Setting(
            plan: plan, share: share, number: index, serverNames: serverNames,
            reportsAnswers: reportsAnswers)
        member.thread = try WorkerThread(
            named: "load-\(index + 1)", descriptors: .own(keeping: [commands.number, messages.number])
        ) {
            work(setting, commands, messages)
        }
        members.append(member)
        running += 1
    }

    // MARK: What the caller wants

    func start() {
        guard startedAt == nil, !wasCancelled, callbacks != nil else { return }
        let now = MonotonicClock.now()
        startedAt = now
        told.at = now
        for member in members { member.commands.post(.start(now)) }
        timer?.schedule(after: Self.progressInterval)
        if let bound = plan.bound { watchdog?.schedule(after: bound) }
    }

    func cancel() {
        guard !wasCancelled else { return }
        wasCancelled = true
        for member in members { member.commands.post(.cancel) }
        watchdog?.schedule(after: LoadLimits.grace)
    }

    private func watchdogFired() {
        if wasCancelled { end() } else { cancel() }
    }

    /// Nobody listens any more.
    func abandon() {
        callbacks = nil
        timer = nil
        watchdog = nil
        cancel()
        if running == 0 { reader = nil }
    }

    // MARK: What the workers tell

    private func receive(_ message: WorkerMessage) {
        switch message {
        case .progress(let worker, let counters): members[worker].counters = counters
        case .answer(let answer): callbacks?.onAnswer?(answer)
        case .result(let worker, let tally):
            members[worker].hasResult = true
            members[worker].counters = tally.counters
            sum.add(tally)
            if members.allSatisfy(\.hasResult) { end() }
        case .done(let worker): join(worker)
        }
    }

    /// Tells the result: what all have told, and of those that have not ended how far they last said they were.
    private func end() {
        timer = nil
        watchdog = nil
        guard let end = callbacks?.onEnd else { return }
        callbacks = nil
        let now = MonotonicClock.now()
        for member in members where !member.hasResult {
            sum.add(LoadTally(unfinished: member.counters, at: now))
        }
        let report = sum.report(
            since: startedAt ?? now, askedFor: plan.ratePerSecond, wasCancelled: wasCancelled)
        end(report)
    }

    /// The thread has said that it is at its end, so this waits for some microseconds.
    private func join(_ worker: Int) {
        members[worker].thread.take()?.join()
        running -= 1
        // The reader is in the middle of its call: what it holds is released when that returns.
        if running == 0 { reader = nil }
    }

    private func tellProgress() {
        guard let startedAt, let callbacks else { return }
        var counters = LoadTally.Counters()
        for member in members { counters += member.counters }
        let now = MonotonicClock.now()
        let span = (now - told.at).inSeconds
        let rate = span > 0 ? Double(counters.answered - told.answered) / span : 0
        told = (counters.answered, now)
        timer?.schedule(after: Self.progressInterval)
        callbacks.onProgress(
            LoadProgress(
                sent: counters.sent, answered: counters.answered, succeeded: counters.succeeded,
                failed: counters.failed, elapsed: now - startedAt, requestsPerSecond: rate,
                fraction: fraction(counters, now - startedAt)))
    }

    private func fraction(_ counters: LoadTally.Counters, _ elapsed: TimeSpan) -> Double {
        switch plan.amount {
        case .requests(let count): Double(counters.answered + counters.broken) / Double(count)
        case .duration(let span): min(1, elapsed.inSeconds / span.inSeconds)
        case .unlimited: 0
        }
    }
}

extension LoadTestError {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as ThreadError: self = .thread(error)
        default: self = .loop(.unavailable)
        }
    }
}
