import FoundationEssentials
import HTTPWire

/// One response: a status, and a body, mostly JSON.
struct BackendResponse {
    /// What a `Connection` field says (RFC 9112 section 9.3).
    enum Persistence {
        /// Nothing: HTTP/1.1 stays open unless told otherwise.
        case unspoken
        /// An HTTP/1.0 client that asked for it is told that the connection stays.
        case keepAlive
        /// The connection ends behind this response.
        case close
    }

    /// What precedes the final response where the client waits for leave to send its body
    /// (RFC 9110 section 10.1.1).
    static let goOn = "HTTP/1.1 100 Continue\r\n\r\n"

    /// The status code (RFC 9110 section 15).
    let status: Int
    let body: Data
    var contentType = "application/json"
    /// How long it may be kept (RFC 9111 section 5.2.2.1), in seconds; nil where nothing is said.
    var maximumAge: Int?

    /// The bytes to send; the response to HEAD has the length of its body, and no body.
    func bytes(from server: String, _ persistence: Persistence, bodyIsSent: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(ReasonPhrase.text(status))\r\nContent-Type: \(contentType)\r\n"
        head += "Content-Length: \(body.count)\r\nX-Backend: \(server)\r\n"
        if let maximumAge { head += "Cache-Control: public, max-age=\(maximumAge)\r\n" }
        switch persistence {
        case .unspoken: break
        case .keepAlive: head += "Connection: keep-alive\r\n"
        case .close: head += "Connection: close\r\n"
        }
        head += "\r\n"
        var bytes = Array(head.utf8)
        if bodyIsSent { bytes += body }
        return bytes
    }
}

/// The JSON bodies, whose names are those that tests and dashboards read.
enum BackendBody {
    /// The answer of a server at work.
    struct Work: Encodable {
        let server: String
        /// Missing where the backend listens on a Unix socket.
        let port: UInt16?
        /// When the answer was made: seconds since 1970.
        let timestamp: Double
        /// Counts the requests of this server, from 1.
        let requestID: Int
        /// Seconds from the request's head to its answer.
        let processingTime: Double
        /// The delay that was meant, in milliseconds, and how much of it is the fixed one.
        let appliedDelay: Int
        let fixedDelay: Int

        enum CodingKeys: String, CodingKey {
            case server, port, timestamp
            case requestID = "request_id"
            case processingTime = "processing_time"
            case appliedDelay = "applied_delay_ms"
            case fixedDelay = "fixed_delay_ms"
        }
    }

    /// The answer of `/control`.
    struct State: Encodable {
        let server: String
        /// How many requests were counted.
        let requests: Int
        /// Milliseconds.
        let fixedDelay: Int

        enum CodingKeys: String, CodingKey {
            case server, requests
            case fixedDelay = "fixed_delay_ms"
        }
    }

    /// The answer of `/health`.
    struct Health: Encodable {
        var status = "ok"
    }

    /// What is wrong with a request, and what would be right.
    struct Problem: Encodable {
        let error: String
    }
}
