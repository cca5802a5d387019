/// Where to listen or connect, as a person writes it: `8080`, `127.0.0.1:8080`, `[::1]:8080`,
/// `web.internal:80` or `unix:/run/web.sock`.
///
/// It is text that was understood, not yet resolved: `resolve()` asks the system for addresses.
public enum Endpoint: Hashable, Sendable {
    /// A host (an IP address without brackets, or a name) and a port; port 0 lets the kernel choose.
    case tcp(host: String, port: UInt16)
    /// The path of a Unix stream socket.
    case unix(path: String)

    /// The host of an endpoint that was written as a port alone: nothing leaves the machine unasked.
    public static let defaultHost = "127.0.0.1"

    /// The longest path of a Unix socket in bytes: `sun_path` holds 108 with its final zero (unix(7)).
    public static let longestUnixPath = 107

    /// Reads an endpoint from its text.
    ///
    /// - Throws: ``EndpointError`` that says what is wrong and what would be right.
    public init(_ text: String) throws(EndpointError) {
        guard !text.isEmpty else { throw EndpointError(text: text, problem: "it is empty") }
        if text.hasPrefix("unix:") {
            self = try Self.readUnix(text)
        } else if text.hasPrefix("[") {
            self = try Self.readBracketed(text)
        } else if text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            self = .tcp(host: Self.defaultHost, port: try Self.readPort(text[...], of: text))
        } else {
            self = try Self.readHostAndPort(text)
        }
    }

    private static func readUnix(_ text: String) throws(EndpointError) -> Endpoint {
        let path = String(text.dropFirst("unix:".count))
        guard path.hasPrefix("/") else {
            throw EndpointError(text: text, problem: "the path of a Unix socket starts with a slash")
        }
        // As in a URL, where a host's name would follow: it would quietly be another place than the one that is meant.
        guard !path.hasPrefix("//") else {
            let meant = "/" + path.drop { $0 == "/" }
            throw EndpointError(
                text: text, problem: "the path of a Unix socket starts with one slash: write unix:\(meant)")
        }
        guard !path.utf8.contains(0) else {
            throw EndpointError(text: text, problem: "the path of a Unix socket has no zero byte")
        }
        guard path.utf8.count <= longestUnixPath else {
            throw EndpointError(
                text: text, problem: "the path of a Unix socket has at most \(longestUnixPath) bytes")
        }
        return .unix(path: path)
    }

    private static func readBracketed(_ text: String) throws(EndpointError) -> Endpoint {
        try refuseWhatIsNoPlace(text)
        guard let end = text.firstIndex(of: "]"), text[end...].hasPrefix("]:") else {
            throw EndpointError(text: text, problem: "an IPv6 address is written [address]:port")
        }
        let host = String(text[text.index(after: text.startIndex)..<end])
        guard IPAddressText.isIPv6(host) else {
            throw EndpointError(text: text, problem: "\"\(host)\" is not an IPv6 address")
        }
        return .tcp(host: host, port: try readPort(text[end...].dropFirst(2), of: text))
    }

    private static func readHostAndPort(_ text: String) throws(EndpointError) -> Endpoint {
        if let scheme = text.firstRange(of: "://") {
            let right = withoutScheme(text[scheme.upperBound...], port: text.hasPrefix("https:") ? 443 : 80)
            throw EndpointError(text: text, problem: "an address has no scheme and no path: write \(right)")
        }
        try refuseWhatIsNoPlace(text)
        guard let colon = text.lastIndex(of: ":") else {
            throw EndpointError(text: text, problem: "the port is missing")
        }
        let host = String(text[..<colon])
        guard !host.contains(":") else {
            let isLikeIPv6 = text.allSatisfy { $0 == ":" || $0.isASCII && $0.isHexDigit }
            throw EndpointError(
                text: text,
                problem: isLikeIPv6
                    ? "an IPv6 address is written [address]:port" : "one colon stands before the port")
        }
        guard IPAddressText.isIPv4(host) || isHostName(host) else {
            throw EndpointError(text: text, problem: "\"\(host)\" is neither an address nor a host name")
        }
        return .tcp(host: host, port: try readPort(text[colon...].dropFirst(), of: text))
    }

    /// Refuses what people write beside a host and a port, or in place of a host, with the text that they mean.
    private static func refuseWhatIsNoPlace(_ text: String) throws(EndpointError) {
        let problem: String
        if text.hasPrefix("/") {
            problem = "the path of a Unix socket has a word before it: write unix:\(text)"
        } else if let slash = text.firstIndex(of: "/") {
            problem = "an address has no path: write \(withoutScheme(text[..<slash], port: 80))"
        } else if !text.hasPrefix("["), let at = text.lastIndex(of: "@") {
            problem = "an address has no user: write \(text[text.index(after: at)...])"
        } else if text.hasPrefix("*:") || text.hasPrefix(":"),
            let port = try? readPort(text.drop { $0 == "*" }.dropFirst(), of: text)
        {
            problem = "for all addresses, write 0.0.0.0:\(port)"
        } else if text.hasPrefix("-"), !text.hasPrefix("--"),
            let meant = try? Endpoint(String(text.dropFirst())),
            "\(meant)" == text.dropFirst()
        {
            problem = "a space is missing behind the dash: write - \(meant)"
        } else {
            return
        }
        throw EndpointError(text: text, problem: problem)
    }

    /// What a URL means as an address: its host with its port, or the scheme's.
    private static func withoutScheme(_ rest: Substring, port: Int) -> String {
        let authority = rest.prefix { !"/?#".contains($0) }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !place.isEmpty else { return "host:port" }
        let hasPort =
            place.drop { $0 != "]" }.dropFirst().contains(":") || (place.first != "[" && place.contains(":"))
        return hasPort ? "\(place)" : "\(place):\(port)"
    }

    private static func readPort(_ digits: Substring, of text: String) throws(EndpointError) -> UInt16 {
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber, let port = UInt16(digits) else {
            throw EndpointError(text: text, problem: "the port must be a number from 0 to 65535")
        }
        // It is octal to some programs and to some readers of YAML.
        guard digits.count == 1 || digits.first != "0" else {
            throw EndpointError(text: text, problem: "a port has no leading zero; write \(port)")
        }
        return port
    }

    /// RFC 1123 section 2.1: labels of letters, digits and inner hyphens. A name whose last label is
    /// all digits is a mistyped IPv4 address, so it is refused; an underscore is let pass, because
    /// container networks use it. A dot at the end stands for the root (RFC 1034 section 3.1).
    private static func isHostName(_ name: String) -> Bool {
        let relative = HostName.withoutRoot(name)
        guard (1...253).contains(relative.utf8.count) else { return false }
        let labels = relative.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last, !last.allSatisfy(\.isNumber) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy(isHostNameByte)
        }
    }

    private static func isHostNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Endpoint: CustomStringConvertible {
    /// The full form, which reads back as the same endpoint.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// A text that is no endpoint.
public struct EndpointError: Error, Equatable, CustomStringConvertible {
    /// What was written.
    public let text: String
    /// What is wrong with it.
    public let problem: String

    /// The forms that would be right, for the end of an error message.
    public static let forms = "port, host:port, [IPv6]:port or unix:/path"

    /// The whole message, in one line.
    public var description: String {
        "\"\(text)\" is not an address: \(problem) (an address is \(Self.forms))"
    }
}
