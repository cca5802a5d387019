/// The life of an exchange as a pure state machine: what happens goes in, what is to be done comes out.
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
        /// The request's head was read and may be sent.
        case headRead
        /// All eligible servers are full.
        case allFull
        /// A server was picked, and its connection is to be made or there already.
        case picked(isConnected: Bool)
        /// The server took the connection.
        case connected
        /// The server has the whole request.
        case requestSent
        /// The head of the final answer went on its way.
        case answerBegan
        /// The server switched protocols.
        case tunnelBegan
        /// The whole answer was written to the client.
        case answerEnded
        /// Something went wrong on the server's side.
        case serverFailed(ExchangeReason, Recourse)
        /// We answer the client ourselves.
        case refused(ExchangeReason)
        /// The client's connection is gone, or of no more use.
        case clientGone(ExchangeReason)
        /// The time of the state is up.
        case deadlinePassed
        /// The balancer ends and waits no longer.
        case cut
    }

    /// What can still be done for the client after an attempt failed.
    enum Recourse: Equatable, CaseIterable {
        /// Another attempt.
        case attempt
        /// None: the client is told.
        case none
    }

    enum Action: Equatable {
        /// Nothing.
        case carryOn
        /// Pick a server and a connection to it.
        case pick
        /// Wait for a server with room.
        case wait
        /// Send the request, from its start.
        case send
        /// Tell the client what went wrong.
        case answer(ExchangeReason)
        /// Close both connections: the client has a part of an answer, or is gone.
        case abort(ExchangeReason)
        /// All went well.
        case finish
    }

    private(set) var state = State.reading

    mutating func handle(_ event: Event) -> Action {
        let (next, action) = Self.transition(from: state, on: event)
        state = next
        return action
    }

    private static func transition(from state: State, on event: Event) -> (State, Action) {
        switch state {
        case .reading, .queued: beforeServer(state, event)
        case .connecting, .sending, .awaiting: withServer(state, event)
        case .answering, .tunnelling: whileAnswering(state, event)
        case .ended: (.ended, .carryOn)
        }
    }

    private static func beforeServer(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .headRead: (state, .pick)
        // One that waits already keeps its place and its deadline.
        case .allFull: (.queued, state == .queued ? .carryOn : .wait)
        case .picked(isConnected: false): (.connecting, .carryOn)
        case .picked(isConnected: true): (.sending, .send)
        // It refused at once, as a Unix socket does.
        case .serverFailed(_, .attempt): (.connecting, .pick)
        case .refused(let reason), .serverFailed(let reason, .none): (.ended, .answer(reason))
        case .clientGone(let reason): (.ended, .abort(reason))
        case .deadlinePassed:
            (.ended, .answer(state == .reading ? .requestHeadTimeout : .queueTimeout))
        case .cut: (.ended, .abort(.cut))
        // There is no server that could do this.
        case .connected, .requestSent, .answerBegan, .tunnelBegan, .answerEnded: (state, .carryOn)
        }
    }

    private static func withServer(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .connected: (.sending, .send)
        case .picked(isConnected: false): (.connecting, .carryOn)
        case .picked(isConnected: true): (.sending, .send)
        case .allFull: (.queued, .wait)
        case .requestSent: (.awaiting, .carryOn)
        case .answerBegan: (.answering, .carryOn)
        case .tunnelBegan: (.tunnelling, .carryOn)
        case .serverFailed(_, .attempt): (.connecting, .pick)
        case .serverFailed(let reason, .none), .refused(let reason): (.ended, .answer(reason))
        case .clientGone(let reason): (.ended, .abort(reason))
        case .deadlinePassed:
            (.ended, .answer(state == .sending ? .requestBodyTimeout : .responseHeadTimeout))
        case .cut: (.ended, .abort(.cut))
        // The head was read before, and no answer has begun.
        case .headRead, .answerEnded: (state, .carryOn)
        }
    }

    private static func whileAnswering(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .answerEnded: (.ended, .finish)
        case .serverFailed(let reason, _), .refused(let reason): (.ended, .abort(reason.onceBegun))
        case .clientGone(let reason): (.ended, .abort(reason))
        // A tunnel in which nothing moves is closed as one in which both sides are done.
        case .deadlinePassed: (.ended, state == .tunnelling ? .finish : .abort(.responseBodyTimeout))
        case .cut: (.ended, .abort(.cut))
        // The server was picked and asked long ago.
        case .headRead, .allFull, .picked, .connected, .requestSent, .answerBegan, .tunnelBegan:
            (state, .carryOn)
        }
    }
}

extension ExchangeReason {
    /// What a failure is called once a part of the answer has gone out: no status can tell it any more. What the
    /// client did wrong keeps its word.
    fileprivate var onceBegun: ExchangeReason { outcome == .failed && status != 0 ? .responseCut : self }
}
