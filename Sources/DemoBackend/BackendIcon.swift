import HTTPServer

/// The icon of a backend, in the colour that the dashboard gives its server.
///
/// A browser asks for one by itself, once for an address that it shows. Answered as work, with nothing that says how long
/// it may be kept, it took a turn at each reload: of two servers a person then saw the same one for ever.
enum BackendIcon {
    /// A day, in seconds.
    private static let maximumAge = 86_400
    /// The dashboard's colours, of the first server and those after it.
    private static let colours = [
        "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000",
    ]

    static func response(of server: String) -> HTTPServerResponse {
        let icon = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">\
            <circle cx="8" cy="8" r="7" fill="\(colour(of: server))"/></svg>

            """
        return HTTPServerResponse(
            status: 200,
            fields: [
                ("Content-Type", "image/svg+xml"), ("Cache-Control", "public, max-age=\(maximumAge)"),
            ], body: .bytes(Array(icon.utf8)))
    }

    /// Names of the demo end with the server's number: `Server-1` is the first.
    private static func colour(of server: String) -> String {
        let digits = server.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
        let number = Int(String(digits)) ?? 1
        return colours[max(number - 1, 0) % colours.count]
    }
}
