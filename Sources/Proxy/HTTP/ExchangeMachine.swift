/// The life of an exchange as a pure state machine: what happens goes in, what is to be done comes out.
///
/// What is done brings the next event, or none; so each pair of state and event is listed here and tested alone, and
/// nobody asks for the state from outside.
struct ExchangeMachine: Equatable {
    enum State: Equatable, CaseIterable {
        /// The request's head is being read.
        case reading
        /// All eligible servers are full; the exchange waits its turn.
        case queued
        /// A connection to a server is being made.
        case connecting
        /// The request is being sent.
        case sending
        /// The server has the whole request; its answer's head is awaited.
        case awaiting
        /// The answer's head went to the client; the rest follows.
        case answering
        /// HTTP is over: both sides speak another protocol through us (101).
        case tunnelling
        /// Over.
        case ended
    }

    enum Event: Equatable {
        /// The client's socket has news.
        case clientReady
        /// The client's connection is broken. (One that half-closed still waits for its answer.)
        case clientBroke
        /// The server's socket has news.
        case serverReady
        /// The turn has come for what was too much for the last one.
        case resumed
        /// The time of the state is up.
        case deadlinePassed(Awaited)
        /// The time is over in which a person let the server run empty.
        case drained(Progress)
        /// The balancer ends and waits no longer.
        case cut

        /// The request's head was read and may be sent, or what waited for a server may pick again.
        case headRead
        /// All eligible servers are full.
        case allFull
        /// A server was picked, and its connection is to be made or there already.
        case picked(isConnected: Bool)
        /// The server took the connection.
        case connected
        /// The server has the whole request.
        case requestSent
        /// The server reads no more of the request.
        case serverDeaf
        /// The head of the final answer went on its way.
        case answerBegan
        /// The server switched protocols.
        case tunnelBegan
        /// The whole answer was written to the client.
        case answerEnded
        /// The server is of no use for this attempt.
        case attemptFailed(AttemptFailure, Progress)
        /// A server is left, and may be tried.
        case mayTryAnother
        /// It cannot go on.
        case failed(ExchangeReason)
        /// The client's connection is gone, or of no more use.
        case clientGone(ExchangeReason)
    }

    /// Whom an exchange waited for.
    enum Awaited: Equatable, CaseIterable {
        /// The client, to send more of its request.
        case sender
        /// The client, to send the rest of a body that is as long as a head.
        case bodyAhead
        /// The client, to take what is there for it.
        case reader
        /// The server, to read or to answer.
        case server
        /// A stream, which may have nothing to say.
        case nobody
    }

    /// How far an attempt has come, as far as it matters for another one.
    struct Progress: OptionSet {
        let rawValue: UInt8

        /// The server has been sent some of the request.
        static let sent = Progress(rawValue: 1)
        /// The request is whole in our hands, and its method means the same twice (RFC 9110 section 9.2.2).
        static let repeatable = Progress(rawValue: 2)
        /// A byte of the answer has come.
        static let answered = Progress(rawValue: 4)
        /// A 1xx has gone to the client.
        static let interim = Progress(rawValue: 8)
        /// It goes over a connection that an exchange has used before.
        static let reused = Progress(rawValue: 16)

        /// Whether the request may be sent once more.
        var mayRepeat: Bool { (!contains(.sent) || contains(.repeatable)) && !contains(.interim) }
        /// Whether it was lost with a connection that had died unused.
        var isStale: Bool { mayRepeat && contains(.reused) && !contains(.answered) }
    }

    enum Action: Equatable {
        /// Nothing.
        case carryOn
        /// Read the request's head.
        case readHead
        /// The same, and wait no longer for the body behind it.
        case readHeadAlone
        /// Pick a server and a connection to it.
        case pick
        /// Wait for a server with room.
        case wait
        /// The connection stands, or has failed.
        case finishConnecting
        /// The server did not take the connection in time.
        case giveUpConnecting
        /// Send the request, from its start.
        case send
        /// Send more of the request; the client may take more of a 1xx.
        case sendOn
        /// The client may take more of a 1xx.
        case passInterim
        /// Read the answer's head, and send more of the request.
        case readAnswerAndSendOn
        /// Read the answer's head.
        case readAnswer
        /// Read what the server said before it stopped reading.
        case readLastWords
        /// The server has time for its answer from now on.
        case awaitAnswer
        /// Pass on the answer's body, with what is left of the request.
        case move
        /// Pass on the answer's body for the first time.
        case beginMoving
        /// Pass on what both sides say.
        case pumpTunnel
        /// Pass it on for the first time.
        case beginTunnel
        /// Ask the same server over a new connection: it had closed the kept one, which crossed the request (RFC 9112
        /// section 9.3.1).
        case reconnect
        /// Leave the server for good, and see whether another may be tried.
        case leaveServer(AttemptFailure, mayRepeat: Bool)
        /// Tell the client what went wrong.
        case answer(ExchangeReason, blaming: Blame? = nil)
        /// Close both connections: the client has a part of an answer, or is gone.
        case abort(ExchangeReason, blaming: Blame? = nil)
        /// All went well.
        case finish
    }

    /// What a server is to blame for when its time is up.
    enum Blame: String {
        case noResponse = "no response in time"
        case stoppedReading = "the server stopped reading the request"
        case stalled = "the response stalled"
    }

    private(set) var state = State.reading

    mutating func handle(_ event: Event) -> Action {
        let (next, action) = Self.transition(from: state, on: event)
        state = next
        return action
    }

    private static func transition(from state: State, on event: Event) -> (State, Action) {
        switch state {
        case .reading: whileReading(event)
        case .queued: whileQueued(event)
        case .connecting: whileConnecting(event)
        case .sending: whileSending(event)
        case .awaiting: whileAwaiting(event)
        case .answering: whileAnswering(event)
        case .tunnelling: whileTunnelling(event)
        case .ended: (.ended, .carryOn)
        }
    }

    @inline(__always) private static func whileReading(_ event: Event) -> (State, Action) {
        switch event {
        case .clientReady: (.reading, .readHead)
        case .headRead: (.reading, .pick)
        case .deadlinePassed(.bodyAhead): (.reading, .readHeadAlone)
        case .deadlinePassed: (.ended, .answer(.requestHeadTimeout))
        default: beforeAnswer(.reading, event)
        }
    }

    private static func whileQueued(_ event: Event) -> (State, Action) {
        switch event {
        case .headRead: (.queued, .pick)
        // It keeps its place and its deadline.
        case .allFull: (.queued, .carryOn)
        case .deadlinePassed: (.ended, .answer(.queueTimeout))
        default: beforeAnswer(.queued, event)
        }
    }

    private static func whileConnecting(_ event: Event) -> (State, Action) {
        switch event {
        case .serverReady: (.connecting, .finishConnecting)
        case .deadlinePassed: (.connecting, .giveUpConnecting)
        case .drained(let progress): (.connecting, .leaveServer(.drained, mayRepeat: progress.mayRepeat))
        default: beforeAnswer(.connecting, event)
        }
    }

    @inline(__always) private static func whileSending(_ event: Event) -> (State, Action) {
        switch event {
        case .clientReady: (.sending, .sendOn)
        case .serverReady, .resumed: (.sending, .readAnswerAndSendOn)
        case .requestSent: (.awaiting, .awaitAnswer)
        case .serverDeaf: (.sending, .readLastWords)
        case .deadlinePassed(.reader): (.ended, .abort(.clientStalled))
        case .deadlinePassed(.server): (.ended, .answer(.responseHeadTimeout, blaming: .stoppedReading))
        case .deadlinePassed: (.ended, .answer(.requestBodyTimeout))
        default: withServer(.sending, event)
        }
    }

    @inline(__always) private static func whileAwaiting(_ event: Event) -> (State, Action) {
        switch event {
        case .clientReady: (.awaiting, .passInterim)
        case .serverReady, .resumed: (.awaiting, .readAnswer)
        case .deadlinePassed(.reader): (.ended, .abort(.clientStalled))
        case .deadlinePassed: (.ended, .answer(.responseHeadTimeout, blaming: .noResponse))
        default: withServer(.awaiting, event)
        }
    }

    /// A connection stands, and no answer has begun.
    private static func withServer(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .answerBegan: (.answering, .beginMoving)
        case .tunnelBegan: (.tunnelling, .beginTunnel)
        case .drained(let progress): (state, .leaveServer(.drained, mayRepeat: progress.mayRepeat))
        default: beforeAnswer(state, event)
        }
    }

    /// What is the same in all states in which the client may still be answered.
    private static func beforeAnswer(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .picked(isConnected: false): (.connecting, .carryOn)
        case .picked(isConnected: true), .connected: (.sending, .send)
        case .allFull: (.queued, .wait)
        case .attemptFailed(.serverClosed, let progress) where progress.isStale: (.connecting, .reconnect)
        case .attemptFailed(let failure, let progress):
            (state, .leaveServer(failure, mayRepeat: progress.mayRepeat))
        case .mayTryAnother: (.connecting, .pick)
        case .failed(let reason): (.ended, .answer(reason))
        case .clientGone(let reason): (.ended, .abort(reason))
        case .clientBroke: (.ended, .abort(.clientClosed))
        case .cut: (.ended, .abort(.cut))
        // There is nothing that could do this.
        case .clientReady, .serverReady, .resumed, .deadlinePassed, .drained, .headRead, .requestSent,
            .serverDeaf,
            .answerBegan, .tunnelBegan, .answerEnded:
            (state, .carryOn)
        }
    }

    @inline(__always) private static func whileAnswering(_ event: Event) -> (State, Action) {
        switch event {
        case .clientReady, .serverReady, .resumed: (.answering, .move)
        case .deadlinePassed(.reader): (.ended, .abort(.clientStalled))
        // Nobody knows whether a stream had anything to say.
        case .deadlinePassed(.nobody): (.ended, .abort(.responseBodyTimeout))
        case .deadlinePassed: (.ended, .abort(.responseBodyTimeout, blaming: .stalled))
        case .clientBroke: (.ended, .abort(.clientClosed))
        default: onceBegun(.answering, event)
        }
    }

    private static func whileTunnelling(_ event: Event) -> (State, Action) {
        switch event {
        case .clientReady, .serverReady, .resumed: (.tunnelling, .pumpTunnel)
        // A tunnel in which nothing moves is closed as one in which both sides are done.
        case .deadlinePassed: (.ended, .finish)
        // The tunnel first passes on what the client said before that.
        case .clientBroke: (.tunnelling, .carryOn)
        default: onceBegun(.tunnelling, event)
        }
    }

    /// What is the same once the client has a part of the answer.
    private static func onceBegun(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .answerEnded: (.ended, .finish)
        case .drained: (.ended, .abort(ExchangeReason.drainDeadline.onceBegun))
        case .failed(let reason): (.ended, .abort(reason.onceBegun))
        case .clientGone(let reason): (.ended, .abort(reason))
        case .cut: (.ended, .abort(.cut))
        // The server was picked and asked long ago.
        case .clientReady, .clientBroke, .serverReady, .resumed, .deadlinePassed, .headRead, .allFull,
            .picked,
            .connected, .requestSent, .serverDeaf, .answerBegan, .tunnelBegan, .attemptFailed, .mayTryAnother:
            (state, .carryOn)
        }
    }
}

/// Why a server is of no use for an attempt.
enum AttemptFailure {
    /// There is no connection to it.
    case notConnected
    /// It ended the connection before its answer's head was whole.
    case serverClosed
    /// The time is over in which a person let it run empty.
    case drained
}

extension ExchangeReason {
    /// What a failure is called once a part of the answer has gone out: no status can tell it any more. What the
    /// client did wrong keeps its word.
    fileprivate var onceBegun: ExchangeReason { outcome == .failed && status != 0 ? .responseCut : self }
}
