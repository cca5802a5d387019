import Glibc
import Time

/// Work of so much processor time measures the machine: longer than the scheduler lets one run while others wait.
private let sample = Duration.milliseconds(20)

/// A bound from above: `span` of an idle machine, and longer as far as this one is slower now.
package func atMost(_ span: Duration) -> Duration {
    let (start, used) = (ContinuousClock.now, processorTime())
    while processorTime() - used < sample {}
    return span * max(1, (ContinuousClock.now - start) / sample)
}

/// The same for a span on the loop's clock.
package func atMost(_ span: TimeSpan) -> TimeSpan {
    span * max(1, atMost(sample) / sample)
}

extension Duration {
    /// A span as the standard library's clocks want it.
    package init(_ span: TimeSpan) { self = .nanoseconds(span.inNanoseconds) }
}

/// What this thread has used of the processors.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
