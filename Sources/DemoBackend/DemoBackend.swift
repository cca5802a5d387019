import EventLoop
import HTTPServer
import Platform
import Sockets
import Time

/// A small HTTP/1.1 server that answers with JSON after a delay: something for a load balancer to
/// balance, in demos, tests and benchmarks.
///
/// It logs nothing; what is worth a line it tells by values and closures. Like everything on a loop it
/// is confined to the loop's thread; whoever lets go of it inside a turn hands it to
/// ``EventLoop/EventLoop/retire(_:)``.
public final class DemoBackend {
    /// The delay of a request that asks for none, in milliseconds.
    public static let defaultBaseDelay = Delay.defaultBase
    /// The longest delay, in milliseconds.
    public static let longestDelay = Delay.longest
    /// The backend has one user, who may hold as many connections as descriptors allow; and it is patient, as nginx is
    /// (`keepalive_timeout`): longer than a load balancer leaves its own connections idle.
    static let limits: HTTPServer.Limits = {
        var limits = HTTPServer.Limits()
        limits.connections = .max
        limits.request = .seconds(75)
        limits.idle = .seconds(75)
        return limits
    }()

    /// The name that every answer bears.
    public var name: String { application.name }
    /// Where it listens; port 0 has become the port that the kernel chose.
    public var address: SocketAddress { server.address }
    /// How many requests were counted: all but those of `/health`, of `/control`, and refused ones.
    public var requestCount: Int { application.requestCount }
    /// How many connections are open.
    public var connectionCount: Int { server.connectionCount }
    /// The delay of every request on top of its own, in milliseconds, that `/control` sets.
    public var fixedDelay: Int { application.delay.fixed }
    /// Whether it shuts down.
    var isShuttingDown: Bool { server.isShuttingDown }
    /// Called when accepting pauses for a lack of descriptors or memory; it resumes by itself.
    public var acceptingPaused: ((SystemError) -> Void)? {
        get { server.acceptingPaused }
        set { server.acceptingPaused = newValue }
    }

    let application: BackendApplication
    private let server: HTTPServer

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
        try self.init(on: loop, listen: listenAddress, name: name, baseDelay: baseDelay, limits: Self.limits)
    }

    init(
        on loop: EventLoop, listen listenAddress: SocketAddress, name: String, baseDelay: ClosedRange<Int>,
        limits: HTTPServer.Limits
    ) throws(DemoBackendError) {
        precondition((0...Delay.longest).contains(baseDelay.lowerBound), "a delay is not negative")
        precondition((0...Delay.longest).contains(baseDelay.upperBound), "a delay is one hour at most")
        let listening: ListeningSocket
        do { listening = try .listen(on: listenAddress) } catch {
            throw .cannotListen(listenAddress.description, error)
        }
        let application = BackendApplication(name: name, address: listening.address, baseDelay: baseDelay)
        do {
            server = try HTTPServer(
                listening, on: loop, limits: limits, commonFields: [("X-Backend", application.signature)],
                refuse: { application.refusal($0) }, handle: { application.handle($0) })
        } catch {
            throw .loop(error)
        }
        self.application = application
    }

    /// Shuts down gracefully: accepts no more, closes idle connections, and lets each request that has
    /// begun to come be answered, with `Connection: close`.
    ///
    /// - Parameter whenEmpty: called once, in a turn of its own, when the last connection is closed;
    ///   it may let go of the backend.
    public func shutDown(whenEmpty: @escaping () -> Void) {
        server.shutDown(whenEmpty: whenEmpty)
    }
}
