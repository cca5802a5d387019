/// The life of a session as a pure state machine: what happens goes in, what is to be done comes out.
///
/// It knows no socket, so that each pair of state and event is listed here and tested alone.
struct SessionMachine: Equatable {
    enum State: Equatable, CaseIterable {
        /// A connection to a server is being made.
        case connecting
        /// Both ways are open and the server has sent nothing yet.
        case unanswered
        /// The client has sent all, the server nothing yet.
        case unansweredAfterRequest
        /// Both ways are open.
        case relaying
        /// The client has sent all; the answer still comes.
        case requestEnded
        /// The server has sent all; the client still sends.
        case responseEnded
        /// The client is told why nobody serves it; we wait for it to read that and leave.
        case refusing
        /// Over.
        case closed
    }

    enum Event: Equatable {
        /// The server took the connection.
        case connected
        /// The server could not be reached.
        case attemptFailed
        /// No further server may be tried.
        case noServerLeft
        /// The client sent all that it will send, and it was passed on.
        case clientEnded
        /// The server's first bytes came.
        case serverAnswered
        /// The server sent all that it will send, and it was passed on.
        case serverEnded(Recovery)
        /// The client's connection broke.
        case clientFailed
        /// The server's connection broke.
        case serverFailed(Recovery)
        /// Nothing moved for too long.
        case deadlinePassed
        /// The balancer ends and waits no longer.
        case cut
    }

    /// What can still be done for a client whose server left before it sent a byte.
    enum Recovery: Equatable, CaseIterable {
        /// All that the client sent is at hand and may be sent again: another server can answer.
        case replay
        /// The client waits for an HTTP answer, and gets one from us.
        case refuse
        /// The protocol is not ours to speak: the client sees what the server did.
        case none
    }

    enum Action: Equatable {
        /// Nothing: the relays go on.
        case carryOn
        /// Pick a server that was not tried and connect to it.
        case attempt
        /// Begin to relay both ways.
        case relay
        /// Tell the client why nobody serves it, as far as its protocol allows.
        case refuse
        /// Close both sides.
        case close(Termination)
    }

    private(set) var state = State.connecting

    /// Whether there is a server to relay to and from.
    var isRelaying: Bool {
        switch state {
        case .connecting, .refusing, .closed: false
        case .unanswered, .unansweredAfterRequest, .relaying, .requestEnded, .responseEnded: true
        }
    }

    /// Takes in an event; the answer is what the session does next.
    mutating func handle(_ event: Event) -> Action {
        let (next, action) = Self.transition(from: state, on: event)
        state = next
        return action
    }

    private static func transition(from state: State, on event: Event) -> (State, Action) {
        switch state {
        case .connecting: whileConnecting(event)
        case .unanswered, .unansweredAfterRequest: whileUnanswered(state, event)
        case .relaying, .requestEnded, .responseEnded: whileRelaying(state, event)
        case .refusing: whileRefusing(event)
        case .closed: (.closed, .carryOn)
        }
    }

    private static func whileConnecting(_ event: Event) -> (State, Action) {
        switch event {
        case .connected: (.unanswered, .relay)
        case .attemptFailed: (.connecting, .attempt)
        case .noServerLeft: (.refusing, .refuse)
        case .clientEnded, .clientFailed: (.closed, .close(.clientAborted))
        case .deadlinePassed: (.connecting, .attempt)
        case .cut: (.closed, .close(.cut))
        // There is no server that could do this.
        case .serverAnswered, .serverEnded, .serverFailed: (.connecting, .carryOn)
        }
    }

    private static func whileUnanswered(_ state: State, _ event: Event) -> (State, Action) {
        let hasClientEnded = state == .unansweredAfterRequest
        switch event {
        case .serverAnswered: return (hasClientEnded ? .requestEnded : .relaying, .carryOn)
        case .clientEnded: return (.unansweredAfterRequest, .carryOn)
        case .serverEnded(.replay), .serverFailed(.replay): return (.connecting, .attempt)
        case .serverEnded(.refuse), .serverFailed(.refuse): return (.refusing, .refuse)
        case .serverEnded(.none):
            return hasClientEnded ? (.closed, .close(.finished)) : (.responseEnded, .carryOn)
        case .serverFailed(.none): return (.closed, .close(.serverAborted))
        case .clientFailed: return (.closed, .close(.clientAborted))
        case .deadlinePassed: return (.closed, .close(.idle))
        case .cut: return (.closed, .close(.cut))
        // No attempt is under way.
        case .connected, .attemptFailed, .noServerLeft: return (state, .carryOn)
        }
    }

    private static func whileRelaying(_ state: State, _ event: Event) -> (State, Action) {
        switch event {
        case .clientEnded:
            return state == .responseEnded ? (.closed, .close(.finished)) : (.requestEnded, .carryOn)
        case .serverEnded:
            return state == .requestEnded ? (.closed, .close(.finished)) : (.responseEnded, .carryOn)
        case .clientFailed: return (.closed, .close(.clientAborted))
        case .serverFailed: return (.closed, .close(.serverAborted))
        case .deadlinePassed: return (.closed, .close(.idle))
        case .cut: return (.closed, .close(.cut))
        // No attempt is under way, and the first answer was long ago.
        case .connected, .attemptFailed, .noServerLeft, .serverAnswered: return (state, .carryOn)
        }
    }

    private static func whileRefusing(_ event: Event) -> (State, Action) {
        switch event {
        case .clientEnded, .clientFailed, .deadlinePassed, .cut: (.closed, .close(.refused))
        // The server is out of the game.
        case .connected, .attemptFailed, .noServerLeft, .serverAnswered, .serverEnded, .serverFailed:
            (.refusing, .carryOn)
        }
    }
}

/// How a session ended: a stable word for logs and metrics.
enum Termination: String, Equatable, CaseIterable {
    /// Both sides finished.
    case finished
    /// No server could be reached, and the client was told so where its protocol allows.
    case refused
    /// The client broke it off.
    case clientAborted = "client_aborted"
    /// The server broke it off.
    case serverAborted = "server_aborted"
    /// Nothing moved for the idle time-out.
    case idle
    /// The balancer's shutdown did not wait any longer.
    case cut
}
