import EventLoop
import Platform
import Time

/// Work of servers for people, such as the dashboard's answers: what else runs on the loop goes first.
///
/// Work comes in steps, which a ``LoopShare`` bounds. Those who have work take turns, a step each, so that one with much
/// of it keeps nobody waiting. It is done in a turn of its own, when sockets have had theirs, and never inside the call
/// that brought it.
public final class SideWork: EventHandler {
    /// What a step of work did.
    public struct Step {
        /// How many requests it answered, each of which costs the loop something beside.
        public var answers: Int
        /// How many bytes it gave the loop to send, which takes time in turns to come.
        public var bytes: Int
        /// Whether there is more to do.
        public var hasMore: Bool

        /// Sets all of them.
        public init(answers: Int = 0, bytes: Int = 0, hasMore: Bool) {
            self.answers = answers
            self.bytes = bytes
            self.hasMore = hasMore
        }
    }

    private let loop: EventLoop
    private let share = LoopShare()
    private var timer: Timer?
    private var works: [() -> Step] = []
    /// Whether a turn of it is planned.
    private var isBusy = false

    /// No work yet.
    ///
    /// - Throws: ``EventLoopError`` when memory has run out.
    public init(on loop: EventLoop) throws {
        self.loop = loop
        super.init()
        timer = try Timer(on: loop) { [unowned self] in resumed() }
    }

    /// Does work step by step, from the next turn on, until there is no more.
    public func begin(_ work: @escaping () -> Step) {
        works.append(work)
        guard !isBusy else { return }
        isBusy = true
        loop.resumeNextTurn(self)
    }

    override public func resumed() {
        let start = MonotonicClock.now()
        var now = start
        while !works.isEmpty, now - start < LoopShare.turn, share.wait(at: now) == .zero {
            let work = works.removeFirst()
            let step = work()
            if step.hasMore { works.append(work) }
            let end = MonotonicClock.now()
            share.worked(from: now, to: end, answers: step.answers, bytes: step.bytes)
            now = end
        }
        isBusy = !works.isEmpty
        guard isBusy else { return }
        let wait = share.wait(at: now)
        if wait > .zero { timer?.schedule(after: wait) } else { loop.resumeNextTurn(self) }
    }
}
