import Time

/// The deadlines of many handlers that are mostly moved later and hardly ever met.
///
/// A hashed timing wheel (Varghese and Lauck, 1987, scheme 6) with lazy moves: a handler lies in the
/// slot of the time it was first due; when that slot comes round it is called, or put further on if
/// its deadline has been moved since. So traffic on a connection costs one store, not a heap operation,
/// and each handler has its links inside itself.
final class DeadlineWheel {
    /// A slot's width; a deadline is noticed at most two of them late, and three after an unusual delay. Time-outs are counted in
    /// seconds, and a slot costs a wake-up only while something waits.
    static let tick = TimeSpan.milliseconds(64)
    private static let tickLength = tick.inNanoseconds
    /// Slots in a round: 65 s, as long as most time-outs. What is due later goes round again.
    private static let slotCount: Int64 = 1024
    /// How late a tick may be. One that is later says that the loop was away: its process was stopped (SIGSTOP), its
    /// machine suspended, or neither given a processor. Longer than a turn takes on a busy loop, and shorter than a
    /// time-out that somebody sets.
    static let longestDelay = TimeSpan.milliseconds(250)

    /// A handler's place in the wheel: a doubly linked ring through the slot's sentinel, so that
    /// leaving needs no search and no wheel.
    struct Links {
        fileprivate var previous: Unmanaged<EventHandler>?
        fileprivate var next: Unmanaged<EventHandler>?
        /// From when on a deadline is met by this slot, or by a later one that it is put on to from there.
        fileprivate var earliest = Instant.never

        var isLinked: Bool { next != nil }

        mutating func unlink() {
            guard let previous, let next else { return }
            previous._withUnsafeGuaranteedRef { $0.wheelLinks.next = next }
            next._withUnsafeGuaranteedRef { $0.wheelLinks.previous = previous }
            self = Links()
        }
    }

    private let slots: [EventHandler]
    /// Here and not static: it is read in each turn, and a static one is asked first whether it is there.
    private let longestDelay = DeadlineWheel.longestDelay.inNanoseconds
    // Slots, ticks and the deadlines in them are in the loop's `deadlineNow`.
    private var lastTick: Int64 = 0
    private var emptyTicks: Int64 = DeadlineWheel.slotCount
    private var timer: Timer?
    /// When the next tick comes; never while the wheel rests.
    private var tickDue = Instant.never
    /// How long the loop was away so far, in nanoseconds.
    private(set) var away: Int64 = 0
    /// This tick was put off already, so that sockets are read first.
    private var givesWay = false

    init() {
        slots = (0..<Self.slotCount).map { _ in EventHandler() }
        for sentinel in slots {
            let itself = Unmanaged.passUnretained(sentinel)
            sentinel.wheelLinks.previous = itself
            sentinel.wheelLinks.next = itself
        }
    }

    deinit {
        // Handlers may live longer than the wheel; they must not leave it when it is gone.
        for sentinel in slots {
            while let handler = sentinel.wheelLinks.next?.takeUnretainedValue(), handler !== sentinel {
                handler.wheelLinks.unlink()
            }
            sentinel.wheelLinks = Links()
        }
    }

    func set(_ handler: EventHandler, to deadline: Instant, on loop: EventLoop) {
        let deadline = deadline < .never ? Instant(nanoseconds: deadline.nanoseconds &- away) : .never
        handler.deadline = deadline
        if handler.wheelLinks.isLinked {
            if deadline >= handler.wheelLinks.earliest { return }
            handler.wheelLinks.unlink()
        }
        startTicking(on: loop)
        link(handler)
    }

    /// The handler stays in its slot until that comes round: the next deadline mostly finds it there.
    func clear(_ handler: EventHandler) {
        handler.deadline = .never
    }

    private func link(_ handler: EventHandler) {
        let due = handler.deadline.nanoseconds / Self.tickLength + 1
        let place = min(max(due, lastTick + 1), lastTick + Self.slotCount - 1)
        let sentinel = slots[Int(place % Self.slotCount)]
        let (itself, head) = (Unmanaged.passUnretained(handler), Unmanaged.passUnretained(sentinel))
        handler.wheelLinks.earliest = Instant(nanoseconds: (place - 1) * Self.tickLength)
        handler.wheelLinks.previous = sentinel.wheelLinks.previous
        handler.wheelLinks.next = head
        sentinel.wheelLinks.previous?._withUnsafeGuaranteedRef { $0.wheelLinks.next = itself }
        sentinel.wheelLinks.previous = itself
    }

    // MARK: Ticking, only while something waits

    var isTicking: Bool { emptyTicks < Self.slotCount }

    private func startTicking(on loop: EventLoop) {
        let wasTicking = isTicking
        // The count starts again, or the wheel would rest before it comes round to this handler.
        emptyTicks = 0
        guard !wasTicking else { return }
        let now = loop.now
        lastTick = (now.nanoseconds &- away) / Self.tickLength
        if timer == nil {
            timer = try? Timer(tickingOn: loop) { [unowned self, unowned loop] in advance(on: loop) }
        }
        scheduleTick(at: now)
    }

    private func scheduleTick(at now: Instant) {
        tickDue = now + Self.tick
        timer?.schedule(after: Self.tick)
    }

    /// Takes note of the time, once a turn. Where the tick is late the loop was away, and no deadline goes on
    /// meanwhile: what its peers sent in that time waits in the kernel, and they are not to blame. The tick is put
    /// off, so that all of that is read before a deadline is looked at; but once, for a loop may be late each time.
    func notice(_ now: Instant) {
        let delay = now.nanoseconds &- tickDue.nanoseconds
        guard delay > longestDelay else { return }
        away &+= delay
        tickDue = now
        guard !givesWay else { return }
        givesWay = true
        scheduleTick(at: now)
    }

    /// Visits the slots whose time has come since the last tick.
    func advance(on loop: EventLoop) {
        let gaveWay = givesWay
        let now = loop.now
        notice(now)
        if givesWay, !gaveWay { return }
        givesWay = false
        let deadlineNow = loop.deadlineNow
        let nowTick = deadlineNow.nanoseconds / Self.tickLength
        while lastTick < nowTick {
            lastTick += 1
            visit(slots[Int(lastTick % Self.slotCount)], at: deadlineNow)
        }
        if isTicking { scheduleTick(at: now) } else { tickDue = .never }
    }

    private func visit(_ sentinel: EventHandler, at now: Instant) {
        emptyTicks += 1
        while let handler = sentinel.wheelLinks.next?.takeUnretainedValue(), handler !== sentinel {
            emptyTicks = 0
            handler.wheelLinks.unlink()
            if handler.deadline <= now {
                handler.deadline = .never
                handler.deadlinePassed()
            } else if handler.deadline < .never {
                link(handler)
            }
        }
    }
}
