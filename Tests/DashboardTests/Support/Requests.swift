import HTTPServer

extension HTTPServerRequest {
    /// A request without content; nil for one that the server refuses by itself.
    static func sample(
        _ method: String = "GET", _ target: String = "/", fields: [(name: String, value: String)] = [],
        version: String = "1.1"
    ) -> HTTPServerRequest? {
        var lines = ["\(method) \(target) HTTP/\(version)"] + fields.map { "\($0.name): \($0.value)" }
        if version != "1.0", !fields.contains(where: { $0.name == "Host" }) {
            lines.append("Host: localhost")
        }
        return HTTPServerRequest(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }
}
