import CSystem
import Glibc

/// A thread beside the reactor, for work that would hold it up.
///
/// It blocks all signals: libevent's handler of them writes to a descriptor by its number, which is another file in
/// a table of the thread's own.
public struct WorkerThread: ~Copyable {
    private let thread: pthread_t

    /// Whose descriptors a thread works with.
    public enum Descriptors: Sendable {
        /// Those of the process.
        case shared
        /// A table of its own, with the standard streams and these from the process's. So what it opens takes none of
        /// the process's numbers (the limit is counted for each table), and what the process closes is closed.
        /// Its descriptors are closed when it ends. Where the kernel refuses, it shares the process's.
        case own(keeping: [Int32])
    }

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: as ps(1) shows it; at most 15 bytes are kept.
    ///   - body: what it does. What the body holds is released before the thread ends.
    /// - Throws: ``ThreadError`` with the system's error number.
    public init(
        named name: String, descriptors: Descriptors, body: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        let context = Unmanaged.passRetained(ThreadBody(name, descriptors, body)).toOpaque()
        var inherited = sigset_t()
        var blocked = Self.blockedSignals
        var thread = pthread_t()
        pthread_sigmask(SIG_SETMASK, &blocked, &inherited)
        let code = pthread_create(&thread, nil, runThreadBody, context)
        pthread_sigmask(SIG_SETMASK, &inherited, nil)
        guard code == 0 else {
            Unmanaged<ThreadBody>.fromOpaque(context).release()
            throw ThreadError(code: code)
        }
        self.thread = thread
    }

    deinit {
        pthread_detach(thread)
    }

    /// Waits until the thread has ended: at once where it has said that it is about to.
    public consuming func join() {
        pthread_join(thread, nil)
        discard self
    }

    /// All but those of a crash, whose report names the thread that crashed.
    private static var blockedSignals: sigset_t {
        var signals = sigset_t()
        sigfillset(&signals)
        for crash in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] {
            sigdelset(&signals, crash)
        }
        return signals
    }
}

/// A thread that could not be started.
public struct ThreadError: Error, CustomStringConvertible {
    /// The system's error number (errno(3)).
    public let code: Int32

    /// The whole message, in one line.
    public var description: String { "cannot start a thread: \(String(cString: strerror(code)))" }
}

/// What a thread is to do, in an object that a context pointer can name.
private final class ThreadBody {
    private let name: String
    private let descriptors: WorkerThread.Descriptors
    private let body: @Sendable () -> Void

    init(_ name: String, _ descriptors: WorkerThread.Descriptors, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.descriptors = descriptors
        self.body = body
    }

    func run() {
        evenkeel_name_thread(name)
        if case .own(let kept) = descriptors {
            DescriptorTable.separate(keeping: kept + [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO])
        }
        body()
    }
}

private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // Taken over: the body dies here, on its own thread, before the thread ends.
    Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
