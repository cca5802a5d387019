import Time

/// What a worker is told.
enum WorkerCommand: Sendable {
    /// Begin, at this time; all workers are told the same one.
    case start(Instant)
    /// End, as soon as the answers in flight have come or a short time has passed.
    case cancel
}

/// What a worker tells.
enum WorkerMessage: Sendable {
    /// How far it is.
    case progress(worker: Int, LoadTally.Counters)
    /// How a request ended.
    case answer(LoadAnswer)
    /// It has ended, with this result; its connections are still to be closed.
    case result(worker: Int, LoadTally)
    /// It is about to end its thread, and touches nothing any more.
    case done(worker: Int)
}
