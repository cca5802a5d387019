/// The times of ``HTTPLimits``, ready to be added.
struct HTTPWaits {
    let requestHead: Wait
    let body: Wait
    let stream: Wait
    let responseHead: Wait
    let keepAlive: Wait
    let queueTimeout: Wait
    /// See ``ClientStream/unwatchedTime``.
    let unwatched = Wait(ClientStream.unwatchedTime)

    init(_ limits: HTTPLimits) {
        requestHead = Wait(limits.requestHead)
        body = Wait(limits.body)
        stream = Wait(limits.stream)
        responseHead = Wait(limits.responseHead)
        keepAlive = Wait(limits.keepAlive)
        queueTimeout = Wait(limits.queueTimeout)
    }
}
