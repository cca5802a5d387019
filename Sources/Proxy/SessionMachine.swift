import Sockets

/// The life of a session as a pure state machine: what happens goes in, what is to be done comes out.
///
/// It knows no socket, so that each pair of state and event is listed here and tested alone.
struct SessionMachine: Equatable {
    enum State: Equatable, CaseIterable {
        /// A connection to a server is being made.
        case connecting
        /// Both ways are open.
        case relaying
        /// The client has sent all; the answer still comes.
        case requestEnded
        /// The server has sent all; the client still sends.
        case responseEnded
        /// Over.
        case closed
    }

    enum Event: Hashable {
        /// The server took the connection.
        case connected
        /// The server could not be reached.
        case attemptFailed
        /// No further server may be tried.
        case noServerLeft
        /// The client sent all that it will send, and it was passed on.
        case clientEnded
        /// The server sent all that it will send, and it was passed on.
        case serverEnded
        /// The client's connection broke.
        case clientFailed
        /// The server's connection broke.
        case serverFailed
        /// Nothing moved for too long.
        case deadlinePassed
        /// The time is over in which a person let its server run empty.
        case drained
        /// This machine lacks what the session takes.
        case lacked(Shortage)
        /// The balancer ends and waits no longer.
        case cut
    }

    enum Action: Equatable {
        /// Nothing: the relays go on.
        case carryOn
        /// Pick a server that was not tried and connect to it.
        case attempt
        /// Begin to relay both ways.
        case relay
        /// Close both sides.
        case close(Termination)
    }

    private(set) var state = State.connecting

    /// Whether there is a server to relay to and from.
    var isRelaying: Bool {
        switch state {
        case .connecting, .closed: false
        case .relaying, .requestEnded, .responseEnded: true
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
        case .relaying, .requestEnded, .responseEnded: whileRelaying(state, event)
        case .closed: (.closed, .carryOn)
        }
    }

    private static func whileConnecting(_ event: Event) -> (State, Action) {
        switch event {
        case .connected: (.relaying, .relay)
        case .attemptFailed, .deadlinePassed, .drained: (.connecting, .attempt)
        case .noServerLeft: (.closed, .close(.refused))
        case .clientEnded, .clientFailed: (.closed, .close(.clientAborted))
        case .lacked(let shortage): (.closed, .close(.lacking(shortage)))
        case .cut: (.closed, .close(.cut))
        // There is no server that could do this.
        case .serverEnded, .serverFailed: (.connecting, .carryOn)
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
        case .drained: return (.closed, .close(.drained))
        case .lacked(let shortage): return (.closed, .close(.lacking(shortage)))
        case .cut: return (.closed, .close(.cut))
        // No attempt is under way.
        case .connected, .attemptFailed, .noServerLeft: return (state, .carryOn)
        }
    }
}

/// How a session ended: a stable word for logs and metrics.
enum Termination: Equatable {
    /// Both sides finished.
    case finished
    /// No server could be reached.
    case refused
    /// This machine lacked what the session takes.
    case lacking(Shortage)
    /// The client broke it off.
    case clientAborted
    /// The server broke it off.
    case serverAborted
    /// Nothing moved for the idle time-out.
    case idle
    /// Its server was drained, and the time for that was up.
    case drained
    /// The balancer's shutdown did not wait any longer.
    case cut

    var word: String {
        switch self {
        case .finished: "finished"
        case .refused: "refused"
        case .lacking(let shortage): shortage.rawValue
        case .clientAborted: "client_aborted"
        case .serverAborted: "server_aborted"
        case .idle: "idle"
        case .drained: "drain_deadline"
        case .cut: "cut"
        }
    }
}
