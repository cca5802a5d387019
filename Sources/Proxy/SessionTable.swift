import EventLoop
import Metrics
import Sockets

/// The open sessions of a service, within its limit.
public final class SessionTable {
    private let service: Service
    private(set) var sessions: [Session] = []
    /// Called when a session made room: a place in the table, and its descriptors.
    var onRoom: (() -> Void)?
    /// Called when the last session has ended.
    public var onEmpty: (() -> Void)?

    /// An empty table.
    public init(of service: Service) {
        self.service = service
    }

    /// How many sessions are open.
    public var count: Int { sessions.count }

    var isFull: Bool { sessions.count >= service.limits.sessions }

    /// Begins a session for a client.
    func admit(_ client: consuming Socket) {
        let session = Session(client: client, of: service, in: self)
        session.index = sessions.count
        sessions.append(session)
        service.counters.began()
        session.start()
    }

    /// Forgets a session that has closed. Its place is filled by the last one, so that nothing moves.
    func remove(_ session: Session) {
        service.loop.retire(session)
        let last = sessions.removeLast()
        if last !== session {
            last.index = session.index
            sessions[session.index] = last
        }
        onRoom?()
        if sessions.isEmpty { onEmpty?() }
    }

    /// Closes all sessions without waiting for anybody.
    public func cutAll() {
        for session in sessions { session.cut() }
    }
}

extension SessionCounters {
    /// Counts a session that ended.
    mutating func ended(_ termination: Termination, sent: UInt64, received: UInt64) {
        open -= 1
        bytesToServers += sent
        bytesToClients += received
        switch termination {
        case .finished: finished += 1
        case .refused: refused += 1
        case .clientAborted: clientAborted += 1
        case .serverAborted: serverAborted += 1
        case .idle: idle += 1
        case .cut: cut += 1
        }
    }
}
