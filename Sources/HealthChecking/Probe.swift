import EventLoop
import HTTPWire
import Sockets
import Time

/// One check of one server, from its connection to its verdict.
final class Probe: EventHandler {
    private enum State {
        case connecting
        case awaitingResponse
        case done
    }

    private let target: CheckTarget
    private let settings: CheckSettings
    private let loop: EventLoop
    private let completion: (CheckResult.Verdict) -> Void
    private var state = State.connecting
    private var addressTries = AddressTries()
    private var socket = Socket.none
    private var watch: SocketWatch?
    private var exchange: HTTPCheck?

    init(
        of target: CheckTarget, settings: CheckSettings, on loop: EventLoop,
        completion: @escaping (CheckResult.Verdict) -> Void
    ) {
        self.target = target
        self.settings = settings
        self.loop = loop
        self.completion = completion
    }

    /// What the server answered; nil before that, and when it is not asked for anything.
    var status: Int? { exchange?.status }

    /// Connects. The verdict may come before this returns.
    func start() {
        loop.setDeadline(of: self, to: loop.now + settings.timeout)
        connect()
    }

    private func connect() {
        do {
            socket = try Socket.connect(
                to: addressTries.next(of: target.address), completingHandshake: settings.completesHandshake)
            watch = try SocketWatch(
                socket.number, for: [.readable, .writable, .closed], trigger: .edge, on: loop, handler: self)
        } catch let error as SystemError {
            connectFailed(error)
        } catch {
            finish(.impossible(.outOfMemory))
        }
    }

    override func socketReady(_ number: Int32, _ events: SocketEvents) {
        switch state {
        case .connecting: connected()
        case .awaitingResponse: readResponse()
        case .done: break
        }
    }

    override func deadlinePassed() {
        if state == .connecting { addressTries.timedOut(of: target.address) }
        finish(.failed(reason: "timed out after \(settings.timeout.inMilliseconds)ms"))
    }

    private func connected() {
        if let error = socket.pendingError() { return connectFailed(error) }
        addressTries.succeeded(of: target.address)
        if socket.isConnectedToItself { return finish(.failed(reason: "nobody listens there")) }
        switch settings.kind {
        case .tcp:
            finish(.passed)
        case .http(let request, let expected):
            state = .awaitingResponse
            let exchange = HTTPCheck(
                request, host: request.host ?? target.host, expected: expected,
                accepting: settings.acceptedFaults)
            self.exchange = exchange
            // A fresh connection's send buffer takes a request of this size whole.
            if case .failed(let error) = exchange.send(to: socket) { return finish(Self.verdict(of: error)) }
            readResponse()
        }
    }

    /// As many times as the server has addresses, at most.
    private func connectFailed(_ error: SystemError) {
        guard addressTries.hasAnother(of: target.address, after: error) else {
            return finish(Self.verdict(of: addressTries.verdict(error)))
        }
        watch = nil
        connect()
    }

    private func readResponse() {
        switch exchange?.receive(from: socket) {
        case .verdict(let verdict): finish(verdict)
        case .more: loop.resumeNextTurn(self)
        case .needsMore, nil: break
        }
    }

    override func resumed() {
        if state == .awaitingResponse { readResponse() }
    }

    private func finish(_ verdict: CheckResult.Verdict) {
        guard state != .done else { return }
        cancel()
        completion(verdict)
    }

    /// Ends it without a verdict.
    func cancel() {
        state = .done
        loop.clearDeadline(of: self)
        watch = nil
        socket = .none
        loop.retire(self)
    }

    private static func verdict(of error: SystemError) -> CheckResult.Verdict {
        error.saysNothingOfPeer ? .impossible(error) : .failed(reason: error.description)
    }
}
