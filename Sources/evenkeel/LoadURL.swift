import Sockets

/// A URL that a load test can be sent to: `http://host[:port][/path][?query]`.
struct LoadURL: Equatable {
    /// Where the demo's balancer listens.
    static let usual = "http://127.0.0.1:8080/"

    /// Where to connect, to be looked up.
    let endpoint: Endpoint
    /// The `Host` field: without the root's dot at the end of a name, which few servers know as theirs.
    let host: String
    private let authority: String
    /// What is asked for, with the query.
    let path: String

    /// Reads a URL. As with curl, the scheme may be missing.
    init(_ text: String) throws(LoadMistake) {
        let rest = try Self.withoutScheme(text)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = String(rest[..<end])
        guard !authority.contains("@") else {
            throw LoadMistake("\(text): no user and password, please: use -H 'Authorization: ...'")
        }
        guard !authority.isEmpty, !authority.hasPrefix(":") || authority.hasPrefix("::") else {
            throw LoadMistake("\(text) is no URL: the host is missing; a URL is http://host:port/path")
        }
        self.authority = authority
        let path = rest[end...]
        // The fragment is the reader's, never the server's (RFC 9110 section 4.2.5).
        guard !path.contains("#") else {
            throw LoadMistake("\(text): what follows \"#\" is never sent; write %23 for the sign itself")
        }
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
        do throws(EndpointError) {
            endpoint = try Endpoint(Self.withPort(authority))
        } catch {
            throw LoadMistake("\(text) is no URL: \(error.problem); a URL is http://host:port/path")
        }
        guard case .tcp(let name, let port) = endpoint, port != 0 else {
            throw LoadMistake("\(text): the port must be from 1 to 65535")
        }
        host =
            name.hasSuffix(".") ? HostName.withoutRoot(name) + authority.dropFirst(name.count) : authority
    }

    /// The URL in full.
    var description: String { "http://\(authority)\(path)" }

    private static func withoutScheme(_ text: String) throws(LoadMistake) -> Substring {
        guard let separator = text.range(of: "://") else { return text[...] }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" else {
            throw LoadMistake("\(text): only http:// can be tested, not \(scheme)://")
        }
        return text[separator.upperBound...]
    }

    private static func withPort(_ authority: String) -> String {
        let afterLiteral =
            authority.hasPrefix("[") ? authority.drop { $0 != "]" }.dropFirst() : authority[...]
        // A bare IPv6 address is left to the endpoint's reader, which says how it is written.
        if afterLiteral.contains(":") { return authority }
        return authority + ":80"
    }
}

/// A mistake in the arguments of `evenkeel load`, in one line for a person.
struct LoadMistake: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
