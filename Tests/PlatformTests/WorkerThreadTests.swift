import Foundation
import Glibc
import Synchronization
import Testing
import Time

@testable import Platform

/// Threads beside the reactor, and the descriptors that they see.
@Suite struct WorkerThreadTests {
    /// What a thread found.
    private final class Findings: Sendable {
        let text = Mutex("")
        let numbers = Mutex<Set<Int32>>([])
    }

    private static func ownNumbers() -> Set<Int32> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/thread-self/fd")) ?? []
        // The listing's own descriptor is among them and closed by now.
        return Set(names.compactMap { Int32($0) }.filter { fcntl($0, F_GETFD) >= 0 })
    }

    @Test func itRunsUnderItsName() throws {
        let findings = Findings()
        let thread = try WorkerThread(named: "load-1", descriptors: .shared) {
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            findings.text.withLock { $0 = name ?? "" }
        }
        thread.join()
        #expect(findings.text.withLock { $0 } == "load-1\n")
    }

    @Test func itKeepsWhatItIsToKeepAndClosesNothingOfTheProcess() throws {
        let kept = dup(STDERR_FILENO)
        let other = dup(STDERR_FILENO)
        defer {
            close(kept)
            close(other)
        }
        let findings = Findings()
        let thread = try WorkerThread(named: "own", descriptors: .own(keeping: [kept])) {
            let numbers = Self.ownNumbers()
            findings.numbers.withLock { $0 = numbers }
            // What it opens and closes here is nobody else's.
            close(kept)
        }
        thread.join()
        #expect(findings.numbers.withLock { $0 } == [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, kept])
        #expect(fcntl(kept, F_GETFD) >= 0)
        #expect(fcntl(other, F_GETFD) >= 0)
    }

    @Test func itTakesNoSignalsAndItsMakerGoesOnTakingThem() throws {
        let findings = Findings()
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)
        let thread = try WorkerThread(named: "deaf", descriptors: .shared) {
            var blocked = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &blocked)
            let all = [SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGSEGV].filter { sigismember(&blocked, $0) == 1 }
            findings.numbers.withLock { $0 = Set(all) }
        }
        thread.join()
        #expect(findings.numbers.withLock { $0 } == [SIGINT, SIGTERM, SIGHUP, SIGCHLD])
        var here = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &here)
        #expect((1...31).allSatisfy { sigismember(&here, $0) == sigismember(&before, $0) })
    }

    @Test func whatTheBodyHoldsIsReleasedBeforeTheEnd() throws {
        weak var held: Findings?
        let thread: WorkerThread
        do {
            let findings = Findings()
            held = findings
            thread = try WorkerThread(named: "body", descriptors: .shared) {
                findings.text.withLock { $0 = "done" }
            }
        }
        thread.join()
        #expect(held == nil)
    }
}
