import Glibc

/// Work of so much processor time measures the machine: longer than the scheduler lets one run while others wait.
private let sample = Duration.milliseconds(20)

/// A bound from above: `span` of an idle machine, and longer as far as this one is slower now.
package func atMost(_ span: Duration) -> Duration {
    let (start, used) = (ContinuousClock.now, processorTime())
    while processorTime() - used < sample {}
    return span * max(1, (ContinuousClock.now - start) / sample)
}

/// What this thread has used of the processors.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
