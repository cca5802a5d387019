import EventLoop
import Time

/// The longest that a test waits for what must happen; the machine may be busy.
package let patience = TimeSpan.seconds(10)

/// Between two looks at a condition that no event of the loop announces.
private let pulse = TimeSpan.milliseconds(1)

extension EventLoop {
    /// Runs one turn, which does not wait.
    package func runOneTurn() {
        let stopper = Stopper(self)
        resumeNextTurn(stopper)
        run()
    }

    /// Runs so many turns, which do not wait: for what must not happen meanwhile.
    package func runTurns(_ count: Int) {
        for _ in 0..<count { runOneTurn() }
    }

    /// Runs until the condition holds; false when it does not in ten seconds, or what a slow machine needs for them.
    package func run(until condition: () throws -> Bool) throws -> Bool {
        let waker = try Timer(tickingOn: self) { [unowned self] in stop() }
        let start = ContinuousClock.now
        var limit = Duration(patience)
        var isMeasured = false
        while try !condition() {
            if ContinuousClock.now - start >= limit {
                if isMeasured { return false }
                isMeasured = true
                limit = atMost(limit)
            }
            waker.schedule(after: pulse)
            run()
        }
        return true
    }

    /// Runs for a span, in turns that wait as they do in a program.
    package func run(for span: TimeSpan) throws {
        let waker = try Timer(tickingOn: self) { [unowned self] in stop() }
        waker.schedule(after: span)
        run()
    }
}

/// Stops the loop at the end of a turn.
private final class Stopper: EventHandler {
    private let loop: EventLoop

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    override func resumed() {
        loop.stop()
    }
}
