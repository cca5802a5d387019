import EventLoop
import Glibc
import Logging
import Platform

/// Runs a loop until SIGTERM or SIGINT has ended what it drives, and SIGHUP (a terminal that closes), unless that means
/// something else. A SIGHUP that was ignored at the start, by nohup(1), stays so. SIGUSR1 and SIGUSR2, which tell
/// other servers to open their logs anew or to replace themselves, do nothing.
///
/// The first signal asks for a graceful stop; the second ends the process at once, with the exit code
/// that a shell gives a process ended by that signal.
struct SignalDrivenRun: ~Copyable {
    private let terminate: SignalWatch
    private let interrupt: SignalWatch
    private let hangUp: SignalWatch?

    /// - Parameters:
    ///   - hangUpStops: whether SIGHUP does what SIGTERM does; else it is the caller's.
    ///   - stop: begins the graceful stop; called once.
    init(on loop: EventLoop, hangUpStops: Bool = true, stop: @escaping () -> Void) throws {
        SignalWatch.ignoreBrokenPipes()
        Self.ignoreUserSignals()
        var isStopping = false
        func handle(_ signal: Int32) {
            if isStopping { _exit(128 + signal) }
            isStopping = true
            stop()
        }
        let terminate = try SignalWatch(SIGTERM, on: loop) { handle(SIGTERM) }
        let interrupt = try SignalWatch(SIGINT, on: loop) { handle(SIGINT) }
        let hangUp: SignalWatch? =
            !hangUpStops || SignalWatch.isIgnored(SIGHUP)
            ? nil : try SignalWatch(SIGHUP, on: loop) { handle(SIGHUP) }
        self.terminate = terminate
        self.interrupt = interrupt
        self.hangUp = hangUp
    }

    /// Ignores SIGUSR1 and SIGUSR2, by whose default actions they would end the process.
    static func ignoreUserSignals() {
        SignalWatch.ignore(SIGUSR1)
        SignalWatch.ignore(SIGUSR2)
    }
}
