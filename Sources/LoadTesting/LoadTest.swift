import EventLoop
import Platform
import Time

/// One load test: worker threads send a plan's requests, and tell the loop that asked for it how it goes.
///
/// It belongs to the loop's thread, never blocks it, and calls back on it alone. Whoever lets go of a running
/// test cancels it, and hears nothing more.
public final class LoadTest {
    private let crew: LoadCrew

    /// How many threads suit a process whose own reactor must go on meanwhile: a core is left for it, where
    /// there is more than one.
    public static var threadsBesideReactor: Int { max(1, Processors.available - 1) }

    /// Prepares a test and its threads, which wait for ``start()``.
    ///
    /// - Parameters:
    ///   - threads: how many, at most one for each connection.
    ///   - loop: the caller's loop, on which it is called back.
    ///   - onAnswer: called for each request that has ended, in the order in which they did; for slow tests alone,
    ///     as it costs a message each. Nil for none.
    ///   - onProgress: called four times a second while it runs.
    ///   - onEnd: called once, with all that was found.
    /// - Throws: ``LoadTestError`` when descriptors, memory or threads have run out.
    public init(
        _ plan: LoadPlan, threads: Int, on loop: EventLoop, onAnswer: ((LoadAnswer) -> Void)? = nil,
        onProgress: @escaping (LoadProgress) -> Void, onEnd: @escaping (LoadReport) -> Void
    ) throws(LoadTestError) {
        crew = try LoadCrew(
            plan, threads: threads, on: loop,
            callbacks: LoadCrew.Callbacks(onAnswer: onAnswer, onProgress: onProgress, onEnd: onEnd))
    }

    deinit {
        crew.abandon()
    }

    /// Starts it. Once is enough.
    public func start() {
        crew.start()
    }

    /// Ends it: no request begins any more, and those in flight have 50 ms left for their answers. The end is told
    /// within 100 ms.
    public func cancel() {
        crew.cancel()
    }
}

/// How one request ended.
public struct LoadAnswer: Sendable {
    /// What came of it.
    public enum Outcome: Equatable, Sendable {
        /// An answer with this status, from the server with this name, where it gave one.
        case status(Int, server: String?)
        /// None.
        case failure(LoadFailure)
    }

    /// What came of it.
    public let outcome: Outcome
    /// What it took.
    public let latency: TimeSpan
}

/// Why a test could not be prepared.
public enum LoadTestError: Error, CustomStringConvertible {
    /// No descriptors or memory are left for its mailboxes.
    case loop(EventLoopError)
    /// The system gives no thread.
    case thread(ThreadError)

    /// The whole message, in one line.
    public var description: String {
        switch self {
        case .loop(let error): error.description
        case .thread(let error): error.description
        }
    }
}
