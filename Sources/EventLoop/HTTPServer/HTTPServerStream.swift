import CLibevent

/// A response whose content is sent by and by, for as long as the client stays.
public final class HTTPServerStream {
    private var request: OpaquePointer?
    private let bufferevent: OpaquePointer
    /// Called once, when the client is gone or the server closes; not after ``end()``.
    public var onClose: (() -> Void)?
    /// Shuts the socket down, so that libevent notices and cleans up.
    private let shutDown: () -> Void

    init(_ request: OpaquePointer, over bufferevent: OpaquePointer, shutDown: @escaping () -> Void) {
        self.request = request
        self.bufferevent = bufferevent
        self.shutDown = shutDown
    }

    /// Whether there is still somebody to send to.
    public var isOpen: Bool { request != nil }

    /// Bytes that the client has not taken yet.
    public var waitingBytes: Int {
        guard isOpen else { return 0 }
        return evbuffer_get_length(bufferevent_get_output(bufferevent))
    }

    /// Sends a piece; forgotten when the client is gone.
    public func send(_ text: String) {
        guard let request, !text.isEmpty, let piece = evbuffer_new() else { return }
        defer { evbuffer_free(piece) }
        evbuffer_add(piece, text, text.utf8.count)
        evhttp_send_reply_chunk(request, piece)
    }

    /// Sends content that is whole; forgotten when the client is gone.
    public func send(_ content: HTTPServerContent) {
        guard let request, let piece = evbuffer_new() else { return }
        defer { evbuffer_free(piece) }
        content.append(to: piece)
        evhttp_send_reply_chunk(request, piece)
    }

    /// Ends the content in order.
    public func end() {
        guard let request else { return }
        self.request = nil
        evhttp_send_reply_end(request)
    }

    /// Breaks the connection off, whatever waits.
    public func cut() {
        guard isOpen else { return }
        shutDown()
    }

    /// The connection is gone, and libevent's request with it.
    func closed() {
        guard let request else { return }
        self.request = nil
        // From a connection that broke evhttp has taken the request, and leaves it to whoever answers it; with one
        // that it closes itself it frees the request.
        if evhttp_request_get_connection(request) == nil { evhttp_request_free(request) }
        onClose?()
    }
}
