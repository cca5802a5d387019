import Sockets

/// Another demo on this machine, known by its answers alone.
enum RunningDemo {
    /// For two questions together at most twice as long: somebody waits for a word, and a demo answers within 50 ms.
    private static let patience = Duration.milliseconds(500)

    /// Whether one of its backends, its balancer or its dashboard answers at an address.
    static func answers(at endpoint: Endpoint) -> Bool {
        guard let address = try? reachable(endpoint).resolve() else { return false }
        func ask(_ path: String) -> String {
            let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            return Socket.answer(of: address, to: request, within: patience)
        }
        // A backend says who it is, and the balancer passes that on.
        if ask("/health").contains("\r\nX-Backend: Server-") { return true }
        let service = ask("/api/v1/services/demo")
        return service.hasPrefix("HTTP/1.1 200 ") && service.contains("\"name\":\"demo\"")
    }

    /// What listens everywhere is reached over the loopback.
    private static func reachable(_ endpoint: Endpoint) -> Endpoint {
        switch endpoint.folded {
        case .tcp("0.0.0.0", let port): .tcp(host: "127.0.0.1", port: port)
        case .tcp("::", let port): .tcp(host: "::1", port: port)
        default: endpoint
        }
    }
}
