import HTTPWire

/// What a check of type `http` asks for.
public struct CheckRequest: Equatable, Sendable {
    /// A field of the request.
    public struct Field: Equatable, Sendable {
        /// A token (RFC 9110 section 5.6.2).
        public let name: String
        /// Printable ASCII; may be secret.
        public let value: String

        /// Makes a field, and checks nothing.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One without a body.
    public let method: HTTPMethod
    /// Starts with a slash.
    public let path: String
    /// The `Host` field; nil for the address of the server that is checked.
    public let host: String?
    /// Beside those that each check has. `User-Agent` and `Accept` stand in their place.
    public let fields: [Field]

    /// Makes a request, by default as simple as can be.
    public init(method: HTTPMethod = .get, path: String, host: String? = nil, fields: [Field] = []) {
        self.method = method
        self.path = path
        self.host = host
        self.fields = fields
    }

    /// The request as it is sent.
    func text(host: String) -> String {
        let usual = [
            Field(name: "User-Agent", value: "evenkeel-check"), Field(name: "Accept", value: "*/*"),
        ].filter { usual in !fields.contains { $0.name.lowercased() == usual.name.lowercased() } }
        let (first, last) = (Field(name: "Host", value: host), Field(name: "Connection", value: "close"))
        let lines = ([first] + usual + fields + [last]).map { "\($0.name): \($0.value)\r\n" }
        return "\(method.text) \(path) HTTP/1.1\r\n\(lines.joined())\r\n"
    }
}
