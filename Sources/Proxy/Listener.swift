import EventLoop
import Sockets
import Time

/// Accepts a service's clients on one address.
///
/// It stops accepting while the session table is full or the system has no descriptor left; clients
/// wait in the kernel's backlog meanwhile, and nothing spins.
public final class Listener: EventHandler {
    /// Clients accepted in one go before open connections get their turn (HAProxy's `tune.maxaccept`
    /// has 64 too).
    static let batch = 64
    /// A shortage that comes again within this time is the same one, and not told again.
    static let shortageQuiet = TimeSpan.seconds(10)
    /// How long accepting rests after the system refused, if no session ends before.
    static let shortageRest = TimeSpan.milliseconds(100)

    private let loop: EventLoop
    private let table: SessionTable
    private let socket: ListeningSocket
    private var watch: SocketWatch?
    private(set) var isPaused = false
    /// Told when the system refuses a connection for lack of descriptors or memory, once until
    /// accepting works again.
    public var onShortage: ((SystemError) -> Void)?
    /// Told each time that accepting stops because the table is full.
    public var onFull: (() -> Void)?
    private var quietUntil = Instant.origin

    /// Where it listens, with the port that the kernel chose for port 0.
    public var address: SocketAddress { socket.address }

    /// Binds and lets the kernel queue clients; they are accepted from ``start()`` on.
    ///
    /// - Throws: what the system said, mostly that the address is in use.
    public init(on address: SocketAddress, into table: SessionTable, loop: EventLoop) throws(SystemError) {
        socket = try ListeningSocket.listen(on: address)
        self.loop = loop
        self.table = table
        super.init()
        // The table outlives the listener in a graceful stop.
        table.onRoom = { [weak self] in self?.resumeAccepting() }
    }

    /// Begins to accept.
    ///
    /// - Throws: ``EventLoopError`` when the kernel refuses to watch the socket.
    public func start() throws(EventLoopError) {
        watch = try SocketWatch(socket.number, for: .readable, trigger: .level, on: loop, handler: self)
    }

    /// Accepts the clients that the kernel has taken for us already, as far as there is room: closing the
    /// socket would reset them.
    public func acceptWaiting() {
        guard watch != nil, !isPaused else { return }
        accept(atMost: Int(ListeningSocket.backlog))
    }

    override public func socketReady(_ number: Int32, _ events: SocketEvents) {
        accept(atMost: Self.batch)
    }

    private func accept(atMost batch: Int) {
        for _ in 0..<batch {
            if table.isFull {
                onFull?()
                return pause()
            }
            if table.isShortOfMemory() { return rest(after: .outOfMemory) }
            switch socket.accept() {
            case .connection(let client, let address):
                table.admit(client, from: address)
            case .wouldBlock:
                return
            case .gone:
                continue
            case .failed(let error):
                // What is kept without need gives way to a client.
                if error.isOutOfDescriptors, table.giveUpIdle() { continue }
                return rest(after: error)
            }
        }
    }

    override public func deadlinePassed() {
        resumeAccepting()
    }

    private func pause() {
        isPaused = true
        watch?.pause()
    }

    private func rest(after error: SystemError) {
        if loop.now >= quietUntil { onShortage?(error) }
        quietUntil = loop.now + Self.shortageQuiet
        pause()
        loop.setDeadline(of: self, to: loop.now + Self.shortageRest)
    }

    private func resumeAccepting() {
        guard isPaused else { return }
        do {
            try watch?.resume()
            isPaused = false
            loop.clearDeadline(of: self)
        } catch {
            loop.setDeadline(of: self, to: loop.now + Self.shortageRest)
        }
    }
}
