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
