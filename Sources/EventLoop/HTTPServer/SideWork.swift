import Time

/// Work of servers for people, such as the dashboard's answers: what else runs on the loop goes first.
///
/// Work comes in steps, which a ``LoopShare`` bounds. Those who have work take turns, a step each, so that one with much
/// of it keeps nobody waiting.
public final class SideWork {
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
    /// Whether a turn of it goes, or is planned.
    private var isBusy = false

    /// No work yet.
    ///
    /// - Throws: ``EventLoopError`` when memory has run out.
    public init(on loop: EventLoop) throws {
        self.loop = loop
        timer = try Timer(on: loop) { [unowned self] in turn() }
    }

    /// Does work step by step, beginning now if there is time, until there is no more.
    public func begin(_ work: @escaping () -> Step) {
        works.append(work)
        if !isBusy { turn() }
    }

    private func turn() {
        isBusy = true
        let start = loop.clock()
        var now = start
        while !works.isEmpty, now - start < LoopShare.turn, share.wait(at: now) == .zero {
            let work = works.removeFirst()
            let step = work()
            if step.hasMore { works.append(work) }
            let end = loop.clock()
            share.worked(from: now, to: end, answers: step.answers, bytes: step.bytes)
            now = end
        }
        isBusy = !works.isEmpty
        if isBusy { timer?.schedule(after: share.wait(at: now)) }
    }
}
