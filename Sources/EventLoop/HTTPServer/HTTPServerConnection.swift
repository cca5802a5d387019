import CLibevent
import Glibc
import Time

/// What an ``HTTPServer`` keeps of one of evhttp's connections, to bound its time.
///
/// evhttp's own time-outs begin anew with each byte, so a client that drips its request would stay for
/// hours. Until the first request of a connection is whole, evhttp tells nobody whether the connection
/// still lives; a reference of ours keeps its bufferevent from being freed meanwhile.
final class HTTPServerConnection {
    let bufferevent: OpaquePointer
    /// When it has to be gone if it has not asked for anything new, in the loop's ``EventLoop/deadlineNow``.
    var deadline: Instant
    var stream: HTTPServerStream?
    /// A whole request that has no answer yet.
    var waiting: OpaquePointer?
    /// The answer to it, while its content is made.
    var unfinished: (asked: HTTPServerRequest, response: HTTPServerResponse)?
    /// Ends the time for which an answer is held back.
    private var delay: Timer?
    private var isHeldBack = false
    /// Nil once the server frees itself, which closes its connections.
    private weak var server: HTTPServer?
    private var isHeld = true

    init(_ bufferevent: OpaquePointer, of server: HTTPServer, deadline: Instant) {
        self.bufferevent = bufferevent
        self.server = server
        self.deadline = deadline
        bufferevent_incref(bufferevent)
    }

    deinit {
        letGo()
    }

    /// A request came: from now on evhttp tells when the connection closes.
    func follow(_ connection: OpaquePointer) {
        guard isHeld else { return }
        letGo()
        evhttp_connection_set_closecb(
            connection, httpConnectionClosed, Unmanaged.passUnretained(self).toOpaque())
    }

    private func letGo() {
        guard isHeld else { return }
        isHeld = false
        bufferevent_decref(bufferevent)
    }

    /// The request that has no answer yet, which is answered now; nil when its client is gone.
    func takeWaiting() -> OpaquePointer? {
        defer { (waiting, isHeldBack, unfinished) = (nil, false, nil) }
        return waiting
    }

    /// Holds the answer to a request back.
    func hold(
        _ request: OpaquePointer, for span: TimeSpan, on loop: EventLoop, then action: @escaping () -> Void
    ) {
        waiting = request
        isHeldBack = true
        delay = try? Timer(on: loop, action: action)
        delay?.schedule(after: span)
    }

    /// Bounds what the kernel keeps for a client that may have stopped reading.
    func boundSendBuffer(to bytes: Int32) {
        var bytes = bytes
        setsockopt(
            bufferevent_getfd(bufferevent), SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size)
        )
    }

    /// The connection is gone.
    func closed() {
        stream?.closed()
        // As with a stream's: from a connection that broke evhttp has taken the request.
        if let request = takeWaiting(), evhttp_request_get_connection(request) == nil {
            evhttp_request_free(request)
        }
        server?.forget(self)
    }

    /// How much its client would miss it, from the least on.
    enum Use: Int, Comparable {
        /// It has had its answer. A browser that sends its next request here just now sends it again on a new
        /// connection (RFC 9112 section 9.3.1).
        case answered
        /// It has asked for nothing yet. A browser whose first request finds it closed shows an error.
        case fresh
        /// Its answer is on the way.
        case sending

        static func < (left: Use, right: Use) -> Bool { left.rawValue < right.rawValue }
    }

    var use: Use {
        if isHeld { return .fresh }
        // One whose answer is held back has shown a wrong token.
        if waiting != nil { return isHeldBack ? .answered : .sending }
        return evbuffer_get_length(bufferevent_get_output(bufferevent)) > 0 ? .sending : .answered
    }

    /// Whether evhttp has freed it without a word: it takes its callbacks back then.
    var isAbandoned: Bool {
        guard isHeld else { return false }
        var context: UnsafeMutableRawPointer?
        bufferevent_getcb(bufferevent, nil, nil, nil, &context)
        return context == nil
    }

    /// Ends the connection under evhttp, which then sees its end and frees it.
    func shutDown() {
        shutdown(bufferevent_getfd(bufferevent), Int32(SHUT_RDWR))
    }
}
