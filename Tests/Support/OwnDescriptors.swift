import Foundation
import Glibc
import Testing

/// Threads with a table of descriptors of their own (unshare(2)), so that one test can run out of them
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

    private static func separate() throws {
        // Swift's Glibc does not offer unshare, and 0x400 is CLONE_FILES.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let unshare = unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
        try #require(unshare(0x400) == 0)
        for number in 3..<lowerLimit(to: 20_000) { close(Int32(number)) }
    }

    /// Lowers the soft limit of descriptors if it is above, so that filling the table stays cheap;
    /// no test needs more. Answers what holds then.
    private static func lowerLimit(to most: UInt) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        getrlimit(resource, &limit)
        if limit.rlim_cur > most {
            limit.rlim_cur = most
            setrlimit(resource, &limit)
        }
        return Int(limit.rlim_cur)
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
