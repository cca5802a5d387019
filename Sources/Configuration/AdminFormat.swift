import Sockets

extension Format where Value == Endpoint? {
    /// Where to listen, or `off` (nil).
    static var addressOrOff: Format {
        Format { text throws(Problem) in
            if text == "off" { return nil }
            do throws(Problem) {
                return try Format<Endpoint>.listenAddress.read(text)
            } catch {
                throw Problem("\(error.message), nor \"off\"")
            }
        }
    }
}

extension Format where Value == AccessToken {
    /// What clients of the dashboard show; a mistake is told without the text.
    static var accessToken: Format {
        Format { text throws(Problem) in
            do throws(AccessTokenError) {
                return try AccessToken(text)
            } catch {
                throw Problem(error.description)
            }
        }
    }
}

extension Format where Value == String {
    /// A path that means the same file from whatever folder the balancer is started.
    static var absolutePath: Format {
        Format { text throws(Problem) in
            guard text.first == "/", !text.utf8.contains(0) else {
                throw Problem("\(QuotedText.quote(text)) is not the path of a file: it starts with \"/\"")
            }
            return text
        }
    }

    /// A host as the `Host` field of a browser has it (RFC 9110 section 7.2), with no port: a name in lower
    /// case without the root's dot, or an IP address in its shortest form without brackets.
    static var browserHost: Format {
        Format { text throws(Problem) in
            guard let host = address(text) ?? name(text) else {
                let rule =
                    "a name such as lb.example.com or an IP address, without a scheme, a port or wildcards"
                throw Problem("\(QuotedText.quote(text)) is not a host: that is \(rule)")
            }
            return host
        }
    }

    /// IPv6 may stand in brackets, as in the browser's address line.
    private static func address(_ text: String) -> String? {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.contains(":")
        let bare = isBracketed ? String(text.dropFirst().dropLast()) : text
        guard !bare.contains("/") else { return nil }
        return (try? AddressRange(bare))?.description
    }

    private static func name(_ text: String) -> String? {
        guard !text.contains(":"), case .tcp(let host, _) = try? Endpoint("\(text):1") else { return nil }
        return HostName.withoutRoot(host).lowercased()
    }
}
