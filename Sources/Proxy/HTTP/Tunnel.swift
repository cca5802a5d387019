import Sockets

/// The two relays of a connection that has switched protocols.
struct Tunnel: ~Copyable {
    private var up = Relay()
    private var down = Relay()

    /// Begins with what each side had sent behind its head.
    init(fromClient: consuming Buffer?, fromServer: consuming Buffer?) {
        if let bytes = fromClient { up.hold(bytes) }
        if let bytes = fromServer { down.hold(bytes) }
    }

    /// Bytes that servers sent to the client.
    var bytesToClient: UInt64 { down.count }

    /// Bytes that the client sent to the server.
    var bytesToServer: UInt64 { up.count }

    /// Bytes that went through, both ways.
    var bytes: UInt64 { up.count + down.count }

    enum Outcome {
        case goesOn
        case more
        case over
        case clientBroke
        case serverBroke
        case outOfMemory
    }

    /// Moves what can be moved now, both ways.
    mutating func pump(
        client: borrowing WatchedSocket, server: borrowing WatchedSocket, _ buffers: RelayBuffers
    ) -> Outcome {
        up.isSourceClosed = client.isClosing
        down.isSourceClosed = server.isClosing
        let sent = up.pump(from: client.socket, to: server.socket, through: buffers)
        let received = down.pump(from: server.socket, to: client.socket, through: buffers)
        if case .ended = sent { server.socket.finishWriting() }
        if case .ended = received { client.socket.finishWriting() }
        switch (sent, received) {
        case (.sourceFailed, _), (_, .sinkFailed): return .clientBroke
        case (.sinkFailed, _), (_, .sourceFailed): return .serverBroke
        case (.outOfMemory, _), (_, .outOfMemory): return .outOfMemory
        default: break
        }
        if up.isEnded, down.isEnded { return .over }
        if sent == .more || received == .more { return .more }
        // A relay that has ended, or that holds bytes, does not meet the reset itself. What the server said before its
        // own is still passed on.
        if client.isBroken { return .clientBroke }
        return server.isBroken && !down.isHolding ? .serverBroke : .goesOn
    }
}
