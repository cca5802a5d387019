import EventLoop
import Sockets
import Time

/// A small HTTP/1.1 server on a loop, over the strict parser of HTTPWire: for people, their tools, and the demo.
///
/// A function of the application says of each head how the request is answered. With a ``SideWork`` it is called, and
/// answers are made, when their turn comes in a line that holds one request of each connection. Connections are bounded
/// in number, in time and in what they may send. Who lets go of the server inside a turn hands it to
/// ``EventLoop/EventLoop/retire(_:)``.
public final class HTTPServer: EventHandler {
    /// What clients may take.
    public struct Limits: Sendable {
        /// Connections at once; more wait in the kernel's queue.
        public var connections = 256
        /// From a connection's beginning, or a request's first byte, to the whole head, however slowly it drips; and for
        /// content that is read the same again.
        public var request = TimeSpan.seconds(10)
        /// Between two requests, for the client to take an answer, and between two pieces of content that is skipped.
        public var idle = TimeSpan.seconds(30)
        /// How long a client may take to close after the last answer (nginx's `lingering_timeout` is 5 s).
        public var lingering = TimeSpan.seconds(2)
        /// A client that has ended its stream may yet wait for its answer. One that is due within this span is still
        /// given.
        public var halfClosed = TimeSpan.seconds(1)
        /// How long no connection is accepted after the descriptors ran out, or where no other can give way; and so long
        /// a new one does not.
        public var acceptPause = TimeSpan.milliseconds(100)

        /// The limits of a server for a few people and their tools.
        public init() {}
    }

    /// Connections accepted in a turn, before others have theirs.
    private static let acceptBatch = 64

    /// Where it listens, with the port that the kernel chose for port 0.
    public let address: SocketAddress
    /// How many connections are open.
    public var connectionCount: Int { connections.count }
    /// Called when accepting pauses for a lack of descriptors or memory; it resumes by itself.
    public var acceptingPaused: ((SystemError) -> Void)?
    /// Whether ``shutDown(whenEmpty:)`` was called.
    public private(set) var isShuttingDown = false

    let loop: EventLoop
    let limits: Limits
    let commonFields: [(name: String, value: String)]
    let refuse: (HTTPServerRefusal) -> HTTPServerResponse
    let handle: (HTTPServerRequest) -> HTTPServerReply
    private let work: SideWork?
    private var line = RequestLine()
    /// The line's work goes on, or is planned.
    private var isWorking = false
    private var listening: ListeningSocket?
    private var watch: SocketWatch?
    private var pauseTimer: Timer?
    private var isFull = false
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var whenEmpty: (() -> Void)?

    /// Accepts and answers from the loop's next turn on.
    ///
    /// - Parameters:
    ///   - work: shares out the loop's time among servers of the same one; nil for a server that answers at once.
    ///   - commonFields: the header fields of all answers, the server's own among them.
    ///   - refuse: makes the answer to a request that the server refuses by itself, which has no ``HTTPServerContent``.
    ///   - handle: says how a request is answered; called on the loop when its head has come.
    /// - Throws: ``EventLoopError`` when descriptors or memory have run out.
    public init(
        _ listening: consuming ListeningSocket, on loop: EventLoop, limits: Limits = Limits(),
        work: SideWork? = nil, commonFields: [(name: String, value: String)] = [],
        refuse: @escaping (HTTPServerRefusal) -> HTTPServerResponse,
        handle: @escaping (HTTPServerRequest) -> HTTPServerReply
    ) throws(EventLoopError) {
        self.loop = loop
        self.limits = limits
        self.work = work
        self.commonFields = commonFields
        self.refuse = refuse
        self.handle = handle
        address = listening.address
        super.init()
        watch = try SocketWatch(listening.number, for: .readable, trigger: .level, on: loop, handler: self)
        pauseTimer = try Timer(on: loop) { [unowned self] in resumeAccepting() }
        self.listening = consume listening
    }

    deinit {
        // One may yet be owned by the loop, which calls it back in the next turn.
        for connection in connections.values { connection.abandon() }
    }

    // MARK: Connections

    override public func socketReady(_ number: Int32, _ events: SocketEvents) {
        acceptWaiting(atMost: Self.acceptBatch)
    }

    private func acceptWaiting(atMost batch: Int) {
        for _ in 0..<batch {
            guard connections.count < limits.connections || mostDispensable != nil else {
                isFull = true
                watch?.pause()
                // Those that nobody can spare now somebody may in a moment.
                pauseTimer?.schedule(after: limits.acceptPause)
                return
            }
            guard let accepted = listening?.accept() else { return }
            switch consume accepted {
            case .connection(let socket, let peer): open(socket, from: peer)
            case .wouldBlock: return
            case .gone: continue
            case .failed(let error):
                pauseAccepting(because: error)
                return
            }
        }
    }

    /// Where there is no room, one goes that its client misses least, so that somebody who only holds connections keeps
    /// nobody else out. (nginx does so with its "reusable" connections.)
    private func open(_ socket: consuming Socket, from peer: SocketAddress) {
        if connections.count >= limits.connections { mostDispensable?.giveWay() }
        // Without a watch a connection is of no use: dropping it closes it.
        guard let connection = try? ServerConnection(socket, from: peer, of: self) else { return }
        connections[ObjectIdentifier(connection)] = connection
    }

    private var mostDispensable: ServerConnection? {
        var least: (rank: Int, since: Instant, connection: ServerConnection)?
        for connection in connections.values {
            guard let rank = connection.dispensability else { continue }
            if let least, (least.rank, least.since) <= (rank, connection.restsSince) { continue }
            least = (rank, connection.restsSince, connection)
        }
        return least?.connection
    }

    /// A level-triggered watch would report the waiting clients again and again.
    private func pauseAccepting(because error: SystemError) {
        watch?.pause()
        pauseTimer?.schedule(after: limits.acceptPause)
        acceptingPaused?(error)
    }

    private func resumeAccepting() {
        isFull = false
        do { try watch?.resume() } catch { pauseTimer?.schedule(after: limits.acceptPause) }
    }

    /// A connection can give way, or has gone.
    func connectionRests() {
        if isFull { resumeAccepting() }
    }

    /// Lets go of a connection that has closed itself.
    func remove(_ connection: ServerConnection) {
        // First of all: nothing else keeps it alive inside its own callback.
        loop.retire(connection)
        connections[ObjectIdentifier(connection)] = nil
        line.remove(connection)
        connectionRests()
        if isShuttingDown, connections.isEmpty { loop.resumeNextTurn(self) }
    }

    // MARK: The line

    /// Whether connections wait for their turn.
    var hasLine: Bool { work != nil }

    func enqueue(_ connection: ServerConnection, isRead: Bool) {
        line.append(connection, isRead: isRead)
        guard !isWorking else { return }
        isWorking = true
        work?.begin { [weak self] in self?.workOn() ?? SideWork.Step(hasMore: false) }
    }

    /// Judges one request, answers one, or makes a piece of an answer.
    private func workOn() -> SideWork.Step {
        var step = SideWork.Step(hasMore: false)
        if let connection = line.next {
            let (isDone, bytes) = connection.takeTurn()
            line.worked(for: connection)
            step.bytes = bytes
            if isDone {
                step.answers = 1
                line.remove(connection)
                connection.goOn()
            }
        }
        isWorking = !line.isEmpty
        step.hasMore = isWorking
        return step
    }

    // MARK: The end

    /// Shuts down gracefully: accepts no more, closes idle connections, and lets each request that has
    /// begun to come be answered, with `Connection: close`.
    ///
    /// - Parameter whenEmpty: called once, in a turn of its own, when the last connection is closed;
    ///   it may let go of the server.
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
