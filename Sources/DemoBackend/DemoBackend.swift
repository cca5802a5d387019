import EventLoop
import Sockets
import Time

/// A small HTTP/1.1 server that answers with JSON after a delay: something for a load balancer to
/// balance, in demos, tests and benchmarks.
///
/// It logs nothing; what is worth a line it tells by values and closures. Like everything on a loop it
/// is confined to the loop's thread; whoever lets go of it inside a turn hands it to
/// ``EventLoop/EventLoop/retire(_:)``.
public final class DemoBackend: EventHandler {
    /// The delay of a request that asks for none, in milliseconds.
    public static let defaultBaseDelay = Delay.defaultBase
    /// The longest delay, in milliseconds.
    public static let longestDelay = Delay.longest

    /// The name that every answer bears.
    public var name: String { application.name }
    /// Where it listens; port 0 has become the port that the kernel chose.
    public let address: SocketAddress
    /// How many requests were counted: all but those of `/health`, of `/control`, and refused ones.
    public var requestCount: Int { application.requestCount }
    /// How many connections are open.
    public var connectionCount: Int { connections.count }
    /// The delay of every request on top of its own, in milliseconds, that `/control` sets.
    public var fixedDelay: Int { application.delay.fixed }
    /// Called when accepting pauses for a lack of descriptors or memory; it resumes by itself.
    public var acceptingPaused: ((SystemError) -> Void)?

    let loop: EventLoop
    let limits: BackendLimits
    var application: BackendApplication
    private(set) var isShuttingDown = false
    private var pauseTimer: Timer?
    private var watch: SocketWatch?
    private var listening: ListeningSocket?
    private var connections: [ObjectIdentifier: BackendConnection] = [:]
    private var whenEmpty: (() -> Void)?

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - loop: the loop that it lives on.
    ///   - listenAddress: where to listen.
    ///   - name: what it calls itself in answers.
    ///   - baseDelay: the range of milliseconds from which the delay of a request is drawn that asks
    ///     for none; `0...0` answers at once.
    /// - Throws: ``DemoBackendError``.
    /// - Precondition: the delays are from 0 to ``longestDelay``.
    public convenience init(
        on loop: EventLoop, listen listenAddress: SocketAddress, name: String,
        baseDelay: ClosedRange<Int> = defaultBaseDelay
    ) throws(DemoBackendError) {
        try self.init(
            on: loop, listen: listenAddress, name: name, baseDelay: baseDelay, limits: BackendLimits())
    }

    init(
        on loop: EventLoop, listen listenAddress: SocketAddress, name: String, baseDelay: ClosedRange<Int>,
        limits: BackendLimits
    ) throws(DemoBackendError) {
        precondition((0...Delay.longest).contains(baseDelay.lowerBound), "a delay is not negative")
        precondition((0...Delay.longest).contains(baseDelay.upperBound), "a delay is one hour at most")
        let listening: ListeningSocket
        do { listening = try .listen(on: listenAddress) } catch {
            throw .cannotListen(listenAddress.description, error)
        }
        self.loop = loop
        self.limits = limits
        address = listening.address
        application = BackendApplication(name: name, address: listening.address, baseDelay: baseDelay)
        super.init()
        do {
            watch = try SocketWatch(
                listening.number, for: .readable, trigger: .level, on: loop, handler: self)
            pauseTimer = try Timer(on: loop) { [unowned self] in resumeAccepting() }
        } catch {
            throw .loop(error)
        }
        self.listening = consume listening
    }

    deinit {
        // One may yet be owned by the loop, which calls it back in the next turn.
        for connection in connections.values { connection.abandon() }
    }

    // MARK: Connections

    override public func socketReady(_ number: Int32, _ events: SocketEvents) {
        acceptWaiting(atMost: BackendLimits.acceptBatch)
    }

    private func acceptWaiting(atMost batch: Int) {
        for _ in 0..<batch {
            guard let accepted = listening?.accept() else { return }
            switch consume accepted {
            case .connection(let socket, _): open(socket)
            case .wouldBlock: return
            case .gone: continue
            case .failed(let error):
                pauseAccepting(because: error)
                return
            }
        }
    }

    private func open(_ socket: consuming Socket) {
        // Without a watch a connection is of no use: dropping it closes it.
        guard let connection = try? BackendConnection(socket, of: self) else { return }
        connections[ObjectIdentifier(connection)] = connection
    }

    /// A level-triggered watch would report the waiting clients again and again.
    private func pauseAccepting(because error: SystemError) {
        watch?.pause()
        pauseTimer?.schedule(after: limits.acceptPause)
        acceptingPaused?(error)
    }

    private func resumeAccepting() {
        do { try watch?.resume() } catch { pauseTimer?.schedule(after: limits.acceptPause) }
    }

    /// Lets go of a connection that has closed itself.
    func remove(_ connection: BackendConnection) {
        // First of all: nothing else keeps it alive inside its own callback.
        loop.retire(connection)
        connections[ObjectIdentifier(connection)] = nil
        if isShuttingDown, connections.isEmpty { loop.resumeNextTurn(self) }
    }

    // MARK: The end

    /// Shuts down gracefully: accepts no more, closes idle connections, and lets each request that has
    /// begun to come be answered, with `Connection: close`.
    ///
    /// - Parameter whenEmpty: called once, in a turn of its own, when the last connection is closed;
    ///   it may let go of the backend.
    public func shutDown(whenEmpty: @escaping () -> Void) {
        self.whenEmpty = whenEmpty
        if !isShuttingDown {
            isShuttingDown = true
            // The kernel has accepted these for us; closing the listener would reset them.
            acceptWaiting(atMost: Int(ListeningSocket.backlog))
            pauseTimer = nil
            watch = nil
            listening = nil
            for connection in connections.values { connection.finish() }
        }
        if connections.isEmpty { loop.resumeNextTurn(self) }
    }

    override public func resumed() {
        whenEmpty.take()?()
    }
}
