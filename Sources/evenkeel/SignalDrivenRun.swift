import EventLoop
import Glibc
import Logging
import Platform

/// Runs a loop until SIGTERM, SIGINT or SIGHUP (a terminal that closes) has ended what it drives. A SIGHUP that
/// was ignored at the start, by nohup(1), stays so.
///
/// The first signal asks for a graceful stop; the second ends the process at once, with the exit code
/// that a shell gives a process ended by that signal.
struct SignalDrivenRun: ~Copyable {
    private let terminate: SignalWatch
    private let interrupt: SignalWatch
    private let hangUp: SignalWatch?

    /// - Parameter stop: begins the graceful stop; called once.
    init(on loop: EventLoop, stop: @escaping () -> Void) throws {
        SignalWatch.ignoreBrokenPipes()
        var isStopping = false
        func handle(_ signal: Int32) {
            if isStopping { _exit(128 + signal) }
            isStopping = true
            stop()
        }
        let terminate = try SignalWatch(SIGTERM, on: loop) { handle(SIGTERM) }
        let interrupt = try SignalWatch(SIGINT, on: loop) { handle(SIGINT) }
        let hangUp: SignalWatch? =
            SignalWatch.isIgnored(SIGHUP) ? nil : try SignalWatch(SIGHUP, on: loop) { handle(SIGHUP) }
        self.terminate = terminate
        self.interrupt = interrupt
        self.hangUp = hangUp
    }
}
