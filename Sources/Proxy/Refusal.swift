import Sockets

/// The HTTP answer to a client that no server serves: short, whole, and with its reason.
struct Refusal {
    /// 502, 503 or 504 (RFC 9110 sections 15.6.3 to 15.6.5).
    let status: Int
    /// One line, for a person.
    let body: String

    /// Room for the answer, in bytes; the reasons are ours and short.
    static let capacity = 1024

    /// How long a client should wait before it asks again, in seconds: checks bring a server back
    /// about as fast.
    static let retryAfter = 1

    init(for error: ProxyError) {
        switch error.kind {
        case .lost: status = 502
        case .unreachable, .noneEligible: status = 503
        case .timedOut: status = 504
        }
        body = "\(status) \(Self.phrase(status)): \(error.reason)\n"
    }

    /// The whole response, ready to be sent.
    func response() -> Buffer {
        var buffer = Buffer(capacity: Self.capacity)
        buffer.append(
            """
            HTTP/1.1 \(status) \(Self.phrase(status))\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Retry-After: \(Self.retryAfter)\r
            Connection: close\r
            \r
            \(body)
            """.utf8)
        return buffer
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        default: "Gateway Timeout"
        }
    }
}
