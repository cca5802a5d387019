import CLibevent
import Glibc
import Sockets
import Time

/// A small HTTP/1.1 server on a loop, over libevent's evhttp: for people and their tools, never for
/// proxying.
///
/// Each whole request is handed to one function, whose answer is sent at once as long as the server's share of the
/// loop lasts; then requests wait in a line, one of each connection. Connections are bounded in number, in time and in
/// what they may send.
public final class HTTPServer {
    /// What clients may take.
    public struct Limits: Sendable {
        /// Connections at once; more wait in the kernel's queue.
        public var connections = 256
        /// From a connection to its first whole request, however slowly it drips.
        public var request = TimeSpan.seconds(10)
        /// Between two requests of a connection, and for the client to take an answer.
        public var idle = TimeSpan.seconds(30)
        /// Bytes in a request's line and header fields; evhttp answers more with 400.
        public var headBytes = 16 * 1024
        /// Bytes in a request's content.
        public var bodyBytes = 64 * 1024

        /// The limits of a server for a few people and their tools.
        public init() {}
    }

    /// A body that is too large, but no larger than so many times the limit, is read and forgotten, so that
    /// the client gets an answer; evhttp answers what is longer itself, with 413 and a bare page.
    private static let tolerance = 2
    /// Bytes that the kernel keeps for the reader of a stream, who may have stopped reading (it doubles this).
    private static let streamSendBuffer: Int32 = 16 * 1024
    /// How many times longer evhttp's own time-outs are than ours, which end what they would: they go on while the
    /// loop is away, and end a connection whose next request has come meanwhile.
    private static let lenience = 100
    /// How often connections are looked over.
    private static let sweepInterval = TimeSpan.seconds(1)
    /// How soon, when one was cut to make room.
    private static let roomInterval = TimeSpan.milliseconds(10)

    private let loop: EventLoop
    private let limits: Limits
    private let handle: (HTTPServerRequest) -> HTTPServerResponse
    private let base: EventBase
    private let http: OpaquePointer
    private let socket: ListeningSocket
    private var bound: OpaquePointer?
    private var connections: [OpaquePointer: HTTPServerConnection] = [:]
    private var sweep: Timer?
    private let work: SideWork
    private var line = RequestLine()

    /// Where it listens, with the port that the kernel chose for port 0.
    public var address: SocketAddress { socket.address }

    /// How many connections are open.
    public var connectionCount: Int { connections.count }

    /// Listens and answers from the loop's next turn on.
    ///
    /// - Parameters:
    ///   - work: shares out the loop's time, with others that have the same one; nil for one of its own.
    ///   - handle: answers a request; called on the loop.
    /// - Throws: ``SystemError`` when the address cannot be listened on, ``EventLoopError`` when descriptors
    ///   or memory have run out.
    public init(
        listeningOn address: SocketAddress, on loop: EventLoop, limits: Limits = Limits(),
        work: SideWork? = nil, handle: @escaping (HTTPServerRequest) -> HTTPServerResponse
    ) throws {
        self.loop = loop
        self.limits = limits
        self.handle = handle
        self.work = try work ?? SideWork(on: loop)
        base = loop.base
        socket = try ListeningSocket.listen(on: address)
        guard let http = evhttp_new(loop.base.pointer) else { throw EventLoopError.unavailable }
        self.http = http
        configure()
        try accept()
        sweep = try Timer(on: loop) { [unowned self] in lookOver() }
        sweep?.schedule(after: Self.sweepInterval)
    }

    deinit {
        // evhttp tells of each connection that it closes here.
        evhttp_free(http)
    }

    private func configure() {
        // libevent writes without MSG_NOSIGNAL.
        SignalWatch.ignoreBrokenPipes()
        evhttp_set_default_content_type(http, nil)
        evhttp_set_max_headers_size(http, limits.headBytes)
        evhttp_set_max_body_size(http, limits.bodyBytes * Self.tolerance)
        evhttp_set_timeout(http, Int32((limits.idle * Self.lenience).inSeconds))
        // Also those that it does not know: which of them mean something is for `handle` to say.
        evhttp_set_allowed_methods(http, .max)
        let context = Unmanaged.passUnretained(self).toOpaque()
        evhttp_set_gencb(http, httpRequestCame, context)
        evhttp_set_bevcb(http, httpConnectionCame, context)
    }

    /// evhttp closes its descriptor and does not know of a Unix socket's file: it gets a second one.
    private func accept() throws {
        let second = fcntl(socket.number, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else { throw EventLoopError.unavailable }
        guard let bound = evhttp_accept_socket_with_handle(http, second) else {
            close(second)
            throw EventLoopError.unavailable
        }
        self.bound = bound
        // Without this, libevent tries again at once for as long as descriptors are short.
        evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(bound), httpAcceptFailed)
    }

    /// Accepts nobody any more; what is open goes on.
    public func stopAccepting() {
        guard let bound else { return }
        self.bound = nil
        evhttp_del_accept_socket(http, bound)
    }

    // MARK: Connections

    /// evhttp accepts a client and wants a bufferevent for it.
    fileprivate func makeConnection() -> OpaquePointer? {
        let options = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)
        guard let bufferevent = bufferevent_socket_new(base.pointer, -1, options) else { return nil }
        // While evhttp answers, it reads on and keeps what comes: without this, as much as a client sends.
        bufferevent_setwatermark(
            bufferevent, Int16(EV_READ), 0, limits.headBytes + limits.bodyBytes * Self.tolerance)
        connections[bufferevent] = HTTPServerConnection(
            bufferevent, of: self, deadline: loop.deadlineNow + limits.request)
        if connections.count >= limits.connections { makeRoom(beside: bufferevent) }
        return bufferevent
    }

    /// Forgets what has ended; if that is not enough, one goes that is idle, so that whoever only holds
    /// connections keeps nobody else out. (nginx does so with its "reusable" connections.) Nobody is accepted
    /// until there is room.
    private func makeRoom(beside newest: OpaquePointer) {
        // The newest has no callbacks yet, as one that is abandoned has none any more.
        for connection in connections.values where connection.bufferevent != newest && connection.isAbandoned
        {
            connection.closed()
        }
        guard connections.count >= limits.connections, let bound else { return }
        evconnlistener_disable(evhttp_bound_socket_get_listener(bound))
        let others = connections.values.filter { $0.bufferevent != newest && $0.stream?.isOpen != true }
        others.min { ($0.use, $0.deadline) < ($1.use, $1.deadline) }?.shutDown()
        // evhttp notices in a moment, and tells nobody where no request had come.
        sweep?.schedule(after: Self.roomInterval)
    }

    /// Accepts again, after there was no room or the system had no descriptor; harmless otherwise.
    private func resume() {
        guard let bound, connections.count < limits.connections else { return }
        evconnlistener_enable(evhttp_bound_socket_get_listener(bound))
    }

    func forget(_ connection: HTTPServerConnection) {
        connections[connection.bufferevent] = nil
        line.remove(connection)
        if connections.count == limits.connections - 1 { resume() }
    }

    /// Ends what has taken too long, and forgets what has ended.
    private func lookOver() {
        for connection in connections.values {
            if connection.isAbandoned {
                connection.closed()
            } else if connection.stream?.isOpen != true, connection.deadline <= loop.deadlineNow {
                connection.shutDown()
            }
        }
        resume()
        sweep?.schedule(after: Self.sweepInterval)
    }

    // MARK: Requests

    fileprivate func answer(_ request: OpaquePointer) {
        guard let evhttpConnection = evhttp_request_get_connection(request),
            let bufferevent = evhttp_connection_get_bufferevent(evhttpConnection),
            let connection = connections[bufferevent]
        else { return evhttp_send_error(request, 500, nil) }
        connection.follow(evhttpConnection)
        connection.deadline = loop.deadlineNow + limits.idle
        connection.waiting = request
        let isFirst = line.isEmpty
        let command = evhttp_request_get_command(request)
        line.append(connection, isRead: command == EVHTTP_REQ_GET || command == EVHTTP_REQ_HEAD)
        if isFirst { work.begin { [weak self] in self?.workOn() ?? SideWork.Step(hasMore: false) } }
    }

    /// Makes one answer, or a piece of one.
    private func workOn() -> SideWork.Step {
        guard let connection = line.next, let request = connection.waiting else {
            return SideWork.Step(hasMore: false)
        }
        let (asked, response) = connection.unfinished ?? handled(request)
        if case .content(let content) = response.body {
            if connection.unfinished == nil { connection.unfinished = (asked, response) }
            content.makePiece()
            line.worked(for: connection)
            if !content.isWhole { return SideWork.Step(hasMore: true) }
        } else {
            line.worked(for: connection)
        }
        line.remove(connection)
        _ = connection.takeWaiting()
        serve(response, to: request, asked, of: connection)
        return SideWork.Step(answers: 1, bytes: response.byteCount, hasMore: !line.isEmpty)
    }

    private func handled(_ request: OpaquePointer) -> (HTTPServerRequest, HTTPServerResponse) {
        let asked = HTTPServerRequest(reading: request, atMost: limits.bodyBytes)
        return (asked, handle(asked))
    }

    private func serve(
        _ response: HTTPServerResponse, to request: OpaquePointer, _ asked: HTTPServerRequest,
        of connection: HTTPServerConnection
    ) {
        guard response.delay > .zero else { return finish(response, to: request, asked, of: connection) }
        connection.hold(request, for: response.delay, on: loop) { [unowned self, unowned connection] in
            guard let request = connection.takeWaiting() else { return }
            finish(response, to: request, asked, of: connection)
        }
    }

    private func finish(
        _ response: HTTPServerResponse, to request: OpaquePointer, _ asked: HTTPServerRequest,
        of connection: HTTPServerConnection
    ) {
        guard let fields = evhttp_request_get_output_headers(request) else { return }
        // What it takes for no content evhttp leaves unread, and would read as the next request.
        if asked.mayHaveUnreadContent { evhttp_add_header(fields, "Connection", "close") }
        for field in response.fields { evhttp_add_header(fields, field.name, field.value) }
        send(response, to: request, of: connection, isHead: asked.method == "HEAD")
    }

    private func send(
        _ response: HTTPServerResponse, to request: OpaquePointer, of connection: HTTPServerConnection,
        isHead: Bool
    ) {
        let status = Int32(response.status)
        switch response.body {
        case .none:
            evhttp_send_reply(request, status, nil, nil)
        case .bytes(let bytes):
            reply(status, to: request, isHead ? bytes.count : nil) { evbuffer_add($0, bytes, bytes.count) }
        case .content(let content):
            reply(status, to: request, isHead ? content.count : nil) { content.append(to: $0) }
        case .stream where isHead:
            evhttp_send_reply(request, status, nil, nil)
        case .stream(let begin):
            let stream = HTTPServerStream(request, over: connection.bufferevent) { [weak connection] in
                connection?.shutDown()
            }
            connection.stream = stream
            connection.boundSendBuffer(to: Self.streamSendBuffer)
            evhttp_send_reply_start(request, status, nil)
            begin(stream)
        }
    }

    /// - Parameter length: of the content that a HEAD request does not get; nil for another request.
    private func reply(
        _ status: Int32, to request: OpaquePointer, _ length: Int?, fill: (OpaquePointer) -> Void
    ) {
        guard let buffer = evbuffer_new() else { return evhttp_send_error(request, 500, nil) }
        defer { evbuffer_free(buffer) }
        if let length {
            evhttp_add_header(
                evhttp_request_get_output_headers(request), "Content-Length", "\(length)")
        } else {
            fill(buffer)
        }
        evhttp_send_reply(request, status, nil, buffer)
    }
}

extension HTTPServerRequest {
    /// Copies what evhttp has read.
    fileprivate init(reading request: OpaquePointer, atMost limit: Int) {
        var fields: [(name: String, value: String)] = []
        var next = evhttp_request_get_input_headers(request)?.pointee.tqh_first
        while let field = next {
            fields.append((String(cString: field.pointee.key), String(cString: field.pointee.value)))
            next = field.pointee.next.tqe_next
        }
        let content = evhttp_request_get_input_buffer(request)
        let count = evbuffer_get_length(content)
        var body = [UInt8](repeating: 0, count: count <= limit ? count : 0)
        _ = body.withUnsafeMutableBytes { evbuffer_remove(content, $0.baseAddress, $0.count) }
        self.init(
            method: HTTPServerMethod.name(of: evhttp_request_get_command(request)),
            target: evhttp_request_get_uri(request).map { String(cString: $0) } ?? "", fields: fields,
            body: body, isBodyTooLarge: count > limit, peer: Self.peer(of: request))
    }

    private static func peer(of request: OpaquePointer) -> String {
        var address: UnsafeMutablePointer<CChar>?
        var port: UInt16 = 0
        guard let connection = evhttp_request_get_connection(request) else { return "" }
        evhttp_connection_get_peer(connection, &address, &port)
        return address.map { String(cString: $0) } ?? ""
    }

    /// evhttp reads no content of HEAD, of TRACE, and of methods that it does not know.
    fileprivate var mayHaveUnreadContent: Bool {
        guard method == "HEAD" || method == "TRACE" || method.isEmpty else { return false }
        return !values(of: "Transfer-Encoding").isEmpty
            || values(of: "Content-Length").contains { Int($0) != 0 }
    }
}

/// The methods that evhttp knows; any other has no name here.
private enum HTTPServerMethod {
    private static let names: [(evhttp_cmd_type, String)] = [
        (EVHTTP_REQ_GET, "GET"), (EVHTTP_REQ_POST, "POST"), (EVHTTP_REQ_HEAD, "HEAD"),
        (EVHTTP_REQ_PUT, "PUT"), (EVHTTP_REQ_DELETE, "DELETE"), (EVHTTP_REQ_OPTIONS, "OPTIONS"),
        (EVHTTP_REQ_TRACE, "TRACE"), (EVHTTP_REQ_CONNECT, "CONNECT"), (EVHTTP_REQ_PATCH, "PATCH"),
    ]

    static func name(of command: evhttp_cmd_type) -> String {
        names.first { $0.0 == command }?.1 ?? ""
    }
}

// MARK: evhttp's callbacks; each finds its object in the context pointer.

private func httpRequestCame(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let request, let context else { return }
    Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().answer(request)
}

private func httpConnectionCame(
    _ base: OpaquePointer?, _ context: UnsafeMutableRawPointer?
) -> OpaquePointer? {
    guard let context else { return nil }
    return Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().makeConnection()
}

func httpConnectionClosed(_: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<HTTPServerConnection>.fromOpaque(context).takeUnretainedValue().closed()
}

private func httpAcceptFailed(_ listener: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
    // The context is evhttp's own. The next look over the connections lets the listener go on.
    evconnlistener_disable(listener)
}
