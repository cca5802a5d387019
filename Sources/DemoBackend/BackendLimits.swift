import Time

/// The bounds of what clients may make a backend hold or wait for.
struct BackendLimits {
    /// How long a client may send and take nothing while the backend waits for it. As in nginx
    /// (`keepalive_timeout`): longer than a load balancer leaves its own connections idle.
    var idle = TimeSpan.seconds(75)
    /// How long a client may take to close after a refusal (nginx's `lingering_timeout` is 5 s; a demo's
    /// clients are near).
    var lingering = TimeSpan.seconds(2)
    /// A client that has ended its stream may yet wait for the answer, as `nc -N` does, or may be gone:
    /// TCP does not tell. One that is due within this span is still given; a later one is not.
    var halfClosed = TimeSpan.seconds(1)
    /// How long no connection is accepted after the descriptors ran out.
    var acceptPause = TimeSpan.milliseconds(100)

    /// Bytes of a request, or of pipelined ones, that wait to be read; the longest head.
    static let input = 16_384
    /// Bytes of responses that wait for a slow client: some dozens, which one write sends.
    static let output = 16_384
    /// Connections accepted in a turn, before others have theirs.
    static let acceptBatch = 64
    /// Steps of a connection in a turn, before others have theirs: about a hundred pipelined requests,
    /// or four megabytes of a body.
    static let stepBatch = 256
}
