import Foundation
import Glibc
import Testing

/// Threads with a table of descriptors of their own, so that one test can run out of them
/// and no other does.
package enum OwnDescriptors {
    /// Runs the body in such a thread and waits for its end.
    package static func run(_ body: @escaping @Sendable () throws -> Void) throws {
        try begin(body).take().get()
    }

    /// Begins to run the body in such a thread; its outcome can be waited for.
    package static func begin(_ body: @escaping @Sendable () throws -> Void) -> Handover<
        Result<Void, any Error>
    > {
        let outcome = Handover<Result<Void, any Error>>()
        Thread.detachNewThread {
            outcome.give(
                Result {
                    try separate()
                    try body()
                })
        }
        return outcome
    }

    /// Leaves the others' descriptors out rather than copy and close them: until its own close, a copy would keep
    /// open what another test has closed.
    private static func separate() throws {
        // Swift's Glibc does not offer close_range(2), and 2 is CLOSE_RANGE_UNSHARE.
        typealias CloseRange = @convention(c) (UInt32, UInt32, Int32) -> Int32
        let closeRange = unsafeBitCast(try #require(dlsym(nil, "close_range")), to: CloseRange.self)
        try #require(closeRange(3, .max, 2) == 0)
        lowerLimit(to: 20_000)
    }

    /// Lowers the soft limit of descriptors if it is above, so that filling the table stays cheap;
    /// no test needs more.
    private static func lowerLimit(to most: UInt) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        getrlimit(resource, &limit)
        if limit.rlim_cur > most {
            limit.rlim_cur = most
            setrlimit(resource, &limit)
        }
    }

    /// Takes all descriptors that are left; close them to give them back.
    package static func takeAll() -> [Int32] {
        var numbers: [Int32] = []
        while true {
            let number = dup(2)
            guard number >= 0 else { return numbers }
            numbers.append(number)
        }
    }
}

/// The processor time that this thread spends on a body.
package func threadTime(_ body: () throws -> Void) rethrows -> Duration {
    func reading() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = reading()
    try body()
    return reading() - start
}
