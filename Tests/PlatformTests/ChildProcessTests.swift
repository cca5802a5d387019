import Glibc
import Testing

@testable import Platform

@Suite struct ChildProcessTests {
    /// A shell that runs a script.
    private func shell(_ script: String) throws -> ChildProcess {
        let arguments = ["sh", "-c", script]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // Tests run on threads that block signals, which a child would inherit.
        var (attributes, none) = (posix_spawnattr_t(), sigset_t())
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, "/bin/sh", nil, &attributes, &words, environ) == 0)
        return ChildProcess(pid: pid)
    }

    /// How a process ended, asked until it has.
    private func ending(of process: ChildProcess) -> ChildProcess.Ending? {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if let ending = process.ending() { return ending }
            usleep(1_000)  // between two polls
        }
        return nil
    }

    @Test func aProcessThatEndsTellsItsCode() throws {
        #expect(ending(of: try shell("exit 0")) == .exited(0))
        #expect(ending(of: try shell("exit 7")) == .exited(7))
        #expect(ending(of: try shell("exit 255")) == .exited(255))
    }

    @Test func aProcessThatIsKilledTellsTheSignal() throws {
        #expect(ending(of: try shell("kill -9 $$")) == .killed(SIGKILL))
        #expect(ending(of: try shell("kill -15 $$")) == .killed(SIGTERM))
    }

    @Test func aProcessThatRunsHasNoEndingAndCanBeEnded() throws {
        let process = try shell("exec cat /dev/zero > /dev/null")
        #expect(process.ending() == nil)
        process.end()
        #expect(kill(process.pid, 0) == -1, "it was waited for")
    }

    @Test func endingsReadWell() {
        #expect("\(ChildProcess.Ending.exited(1))" == "exit code 1")
        #expect("\(ChildProcess.Ending.killed(9))" == "signal 9")
    }

    @Test func thisProgramIsStartedAgainAndItsFirstLineRead() throws {
        // The test program, which lists what it can do.
        let (process, line) = try ChildProcess.startItself(
            arguments: ["again", "--testing-library", "swift-testing", "--list-tests"])
        #expect(line?.contains("Tests.") == true)
        _ = ending(of: process)
    }

    @Test func theCurrentProcessIsThisOne() {
        #expect(ChildProcess.current == getpid())
    }
}
