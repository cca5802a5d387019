import EventLoop
import Platform
import Sockets
import Time

/// One thread's part of a test: its connections, and the pace at which they get requests.
final class LoadWorker: EventHandler {
    /// What a worker is made from, on another thread.
    struct Setting: Sendable {
        let plan: LoadPlan
        let share: Share
        let number: Int
        let serverNames: ServerNames
        /// Whether each request's end is told by itself.
        let reportsAnswers: Bool
    }

    /// Read at once. As much as the kernel hands over in one go for large bodies.
    private static let scratchCapacity = 64 * 1024
    /// What one connection may keep until more comes: the longest head.
    private static let keptCapacity = 16 * 1024
    private static let spareBuffers = 64
    /// Connections begun in a turn, before answers have theirs.
    private static let beginBatch = 64
    /// A bit more often than the crew tells of it.
    private static let progressInterval = TimeSpan.milliseconds(200)
    /// How long answers in flight are waited for after a cancel. With what closing and telling take it stays
    /// within the 100 ms that are promised.
    private static let cancelGrace = TimeSpan.milliseconds(50)
    /// How long a connection stays away after it was refused, in a closed loop that ends by time: else it would
    /// try as fast as the processor allows.
    private static let refusalPause = TimeSpan.milliseconds(50)

    let plan: LoadPlan
    let loop: EventLoop
    let request: Buffer
    /// What was read last, until it is understood.
    var scratch = Buffer(capacity: LoadWorker.scratchCapacity)
    var tally: LoadTally

    private let setting: Setting
    private let messages: Mailbox<WorkerMessage>
    private let buffers = BufferPool(capacity: LoadWorker.keptCapacity, spareLimit: LoadWorker.spareBuffers)
    private let timeout: Int64
    private var pace: Pace
    private var connections: [LoadConnection] = []
    /// Those without a request, the last used one on top: so few are used at a low rate, and those stay warm.
    private var free: [LoadConnection] = []
    /// In a closed loop, those that have just had their answer.
    private var ready: [LoadConnection] = []
    private var goingOn: [LoadConnection] = []
    private var inFlight = 0
    private var isFinished = false

    private var paceTimer: Timer?
    /// What the pace's timer is set to.
    private var paceDue = Instant.never
    private var endTimer: Timer?
    private var progressTimer: Timer?

    // MARK: Life

    /// Does a worker's part on the calling thread, from waiting for the start to the last word.
    static func run(
        _ setting: Setting, commands: Mailbox<WorkerCommand>, messages: Mailbox<WorkerMessage>
    ) {
        do {
            try work(setting, commands: commands, messages: messages)
        } catch {
            // One request stands for all that this worker could not even begin.
            var tally = LoadTally()
            tally.began(at: MonotonicClock.now())
            tally.failed(.outOfDescriptors)
            tally.endedAt = MonotonicClock.now()
            messages.post(.result(worker: setting.number, tally))
        }
        messages.post(.done(worker: setting.number))
    }

    private static func work(
        _ setting: Setting, commands: Mailbox<WorkerCommand>, messages: Mailbox<WorkerMessage>
    ) throws {
        let loop = try EventLoop(precise: setting.plan.ratePerSecond != nil)
        let worker = try LoadWorker(setting, on: loop, messages: messages)
        let reader = try commands.open(on: loop) { command in
            switch command {
            case .start(let instant): worker.start(at: instant)
            case .cancel: worker.cancel()
            }
        }
        loop.run()
        worker.closeAll()
        withExtendedLifetime(reader) {}
    }

    private init(_ setting: Setting, on loop: EventLoop, messages: Mailbox<WorkerMessage>) throws {
        self.setting = setting
        self.messages = messages
        self.loop = loop
        plan = setting.plan
        request = RequestBytes.buffer(of: setting.plan)
        timeout = setting.plan.timeout.inNanoseconds
        tally = LoadTally(naming: setting.serverNames)
        pace = Pace(setting.share, end: .origin, schedule: nil)
        super.init()
        endTimer = try Timer(on: loop) { [unowned self] in endTimerFired() }
        progressTimer = try Timer(on: loop) { [unowned self] in tellProgress() }
        guard setting.plan.ratePerSecond != nil else { return }
        paceTimer = try Timer(on: loop) { [unowned self] in
            paceDue = .never
            dispatch()
        }
    }

    private func start(at instant: Instant) {
        guard !isFinished else { return }
        var end = Instant.never
        if case .duration(let span) = plan.amount { end = instant + span }
        let schedule = plan.ratePerSecond.map { Schedule(start: instant, ratePerSecond: $0) }
        pace = Pace(setting.share, end: end, schedule: schedule)
        if end < .never { endTimer?.schedule(after: end - loop.now) }
        progressTimer?.schedule(after: Self.progressInterval)
        dispatch()
    }

    /// Lets no request begin any more; what is in flight has a moment left.
    private func cancel() {
        guard !isFinished else { return }
        let now = MonotonicClock.now()
        pace.finish(at: now)
        guard inFlight > 0 else { return finish(at: now) }
        endTimer = try? Timer(on: loop) { [unowned self] in abandonInFlight() }
        endTimer?.schedule(after: Self.cancelGrace)
    }

    private func abandonInFlight() {
        guard !isFinished else { return }
        tally.failed(.cancelled, count: inFlight)
        finish(at: MonotonicClock.now())
    }

    private func endTimerFired() {
        let now = MonotonicClock.now()
        // What is due and finds a free connection is not late but at the very end.
        while hasFree, let begin = pace.take(at: now) { send(takeFree(), meantFor: begin, at: now) }
        pace.finish(at: now)
        finishIfDone(at: now)
    }

    private func finishIfDone(at now: Instant) {
        guard inFlight == 0, pace.isDone, !isFinished else { return }
        finish(at: now)
    }

    private func finish(at now: Instant) {
        isFinished = true
        tally.unsent = pace.overdue
        tally.endedAt = now
        messages.post(.result(worker: setting.number, tally))
        loop.stop()
    }

    /// Lets go of all that holds this worker.
    private func closeAll() {
        endTimer = nil
        progressTimer = nil
        paceTimer = nil
        for connection in connections { connection.close() }
        connections = []
        free = []
        ready = []
    }

    private func tellProgress() {
        messages.post(.progress(worker: setting.number, tally.counters))
        progressTimer?.schedule(after: Self.progressInterval)
    }

    // MARK: Giving requests out

    override func resumed() {
        guard !isFinished else { return }
        goOn()
        dispatch()
    }

    /// Gives the connections that have just had their answers the next requests: all that could be read was read by
    /// then. Were each request sent as soon as its connection's last answer is read, its latency would count the time
    /// that it takes to read the other answers of the turn, which is ours and not the target's.
    private func goOn() {
        swap(&ready, &goingOn)
        for connection in goingOn {
            let now = MonotonicClock.now()
            if let begin = pace.take(at: now, leaving: unopened) {
                send(connection, meantFor: begin, at: now)
            } else {
                free.append(connection)
            }
        }
        goingOn.removeAll(keepingCapacity: true)
    }

    /// Gives out the requests whose time has come, as far as connections are free.
    private func dispatch() {
        guard !isFinished else { return }
        var batch = Self.beginBatch
        let now = MonotonicClock.now()
        while hasFree {
            guard batch > 0 else { return loop.resumeNextTurn(self) }
            guard let begin = pace.take(at: now) else { break }
            batch -= 1
            send(takeFree(), meantFor: begin, at: now)
        }
        if pace.isOpenLoop { setPaceTimer() }
        // Nothing may have fallen to this worker.
        finishIfDone(at: now)
    }

    private var hasFree: Bool { !free.isEmpty || connections.count < setting.share.concurrency }

    /// Connections that were asked for and are not open yet. In a closed loop each of them gets a request before
    /// another gets its next; at a fixed rate only as many are opened as it takes.
    private var unopened: Int { pace.isOpenLoop ? 0 : setting.share.concurrency - connections.count }

    private func takeFree() -> LoadConnection {
        if unopened == 0, let connection = free.popLast() { return connection }
        let connection = LoadConnection(of: self)
        connections.append(connection)
        return connection
    }

    private func send(_ connection: LoadConnection, meantFor begin: Instant, at now: Instant) {
        tally.began(at: now)
        inFlight += 1
        connection.send(meantFor: begin, at: now)
    }

    /// While no connection is free, each that becomes so looks for itself.
    private func setPaceTimer() {
        guard hasFree, let due = pace.nextDue, due != paceDue else { return }
        paceDue = due
        paceTimer?.schedule(at: due)
    }

    // MARK: What connections tell

    /// A request was answered.
    func answered(
        _ connection: LoadConnection, status: Int, by server: ServerTally.Place, since begin: Instant
    ) {
        guard !isFinished else { return }
        let now = MonotonicClock.now()
        tally.answered(status, by: server, from: begin, to: now)
        if setting.reportsAnswers {
            tell(.status(status, server: tally.servers.name(server)), now - begin)
        }
        inFlight -= 1
        isFree(connection, at: now)
    }

    /// A request got no answer.
    func failed(_ connection: LoadConnection, _ failure: LoadFailure, since begin: Instant) {
        guard !isFinished else { return }
        let now = MonotonicClock.now()
        tally.failed(failure)
        if setting.reportsAnswers { tell(.failure(failure), now - begin) }
        inFlight -= 1
        if failure.isOfConnecting, !pace.isOpenLoop, setting.share.requests == nil, !pace.isDone {
            connection.pause(until: now + Self.refusalPause)
        } else {
            isFree(connection, at: now)
        }
    }

    private func tell(_ outcome: LoadAnswer.Outcome, _ latency: TimeSpan) {
        messages.post(.answer(LoadAnswer(outcome: outcome, latency: latency)))
    }

    /// A connection can take another request.
    func isFree(_ connection: LoadConnection, at now: Instant) {
        guard !isFinished else { return }
        if pace.isOpenLoop {
            if let begin = pace.take(at: now) { return send(connection, meantFor: begin, at: now) }
            free.append(connection)
            setPaceTimer()
        } else if pace.isDone {
            free.append(connection)
        } else {
            ready.append(connection)
            loop.resumeNextTurn(self)
        }
        finishIfDone(at: now)
    }

    /// Gives a request its time.
    func setDeadline(of connection: LoadConnection, from now: Instant) {
        loop.setDeadline(of: connection, to: Instant(nanoseconds: now.nanoseconds &+ timeout))
    }

    func takeBuffer() -> Buffer { buffers.take() ?? Buffer(capacity: LoadWorker.keptCapacity) }

    func give(_ buffer: consuming Buffer) { buffers.give(buffer) }
}

extension LoadFailure {
    /// Whether no connection was made at once, so that trying again at once is of no use.
    fileprivate var isOfConnecting: Bool {
        switch self {
        case .connectionRefused, .unreachable, .outOfDescriptors, .outOfPorts, .connectionFailed: true
        case .connectionReset, .connectTimeout, .timeout, .closedEarly, .badResponse, .cancelled: false
        }
    }
}
