import EventLoop
import Sockets
import TestSupport

/// A server on the loop under test that answers each request alike, and counts them. Requests have no body.
final class AnsweringServer: EventHandler {
    /// What it does with a request, by its number from 1 on its connection.
    typealias Behaviour = (Int) -> Step

    enum Step {
        /// Sends this.
        case answer(String)
        /// Sends this, and closes.
        case last(String)
        /// Resets the connection.
        case reset
        /// Sends this, and resets the connection right behind it.
        case lastThenReset(String)
        /// Says nothing.
        case silence
    }

    static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Backend: one:81\r\n\r\nok"

    private let loop: EventLoop
    private let behaviour: Behaviour
    private var listening: ListeningSocket
    private var watch: SocketWatch?
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private(set) var requests = 0
    private(set) var accepted = 0
    /// The most connections at a time.
    private(set) var peak = 0
    var address: SocketAddress { listening.address }
    var open: Int { connections.count }

    init(on loop: EventLoop, _ behaviour: @escaping Behaviour = { _ in .answer(AnsweringServer.fine) }) throws
    {
        self.loop = loop
        self.behaviour = behaviour
        listening = try ListeningSocket.listen(on: Endpoint("127.0.0.1:0").resolve())
        super.init()
        watch = try SocketWatch(listening.number, for: .readable, trigger: .level, on: loop, handler: self)
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        while case .connection(let socket, _) = listening.accept() {
            accepted += 1
            guard let connection = try? ServerConnection(socket, of: self, on: loop) else { continue }
            connections[ObjectIdentifier(connection)] = connection
            peak = max(peak, connections.count)
        }
    }

    fileprivate func step(_ number: Int) -> Step {
        requests += 1
        return behaviour(number)
    }

    fileprivate func remove(_ connection: ServerConnection) {
        loop.retire(connection)
        connections[ObjectIdentifier(connection)] = nil
    }
}

private final class ServerConnection: EventHandler {
    private unowned let server: AnsweringServer
    private var watch: SocketWatch?
    private var socket: Socket
    private var input = Buffer(capacity: 4096)
    private var count = 0

    init(_ socket: consuming Socket, of server: AnsweringServer, on loop: EventLoop) throws {
        self.server = server
        self.socket = socket
        super.init()
        watch = try SocketWatch(self.socket.number, for: .readable, trigger: .level, on: loop, handler: self)
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        input.compact()
        switch socket.read(into: &input) {
        case .moved: answerAll()
        case .wouldBlock: break
        case .ended, .failed: close()
        }
    }

    private func answerAll() {
        while let end = endOfHead() {
            input.removeFirst(end)
            count += 1
            switch server.step(count) {
            case .answer(let text): send(text)
            case .last(let text):
                send(text)
                return close()
            case .reset:
                socket.resetOnClose()
                return close()
            case .lastThenReset(let text):
                send(text)
                socket.resetOnClose()
                return close()
            case .silence: break
            }
        }
    }

    private func endOfHead() -> Int? {
        input.withSpan { bytes in
            guard bytes.count >= 4 else { return nil }
            for index in 0...(bytes.count - 4)
            where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13
                && bytes[index + 3] == 10
            {
                return index + 4
            }
            return nil
        }
    }

    private func send(_ text: String) {
        guard !text.isEmpty else { return }
        var buffer = Buffer(capacity: text.utf8.count)
        buffer.append(text.utf8)
        _ = socket.write(from: &buffer)
    }

    private func close() {
        watch = nil
        socket = .none
        server.remove(self)
    }
}
