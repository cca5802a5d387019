import HTTPServer
import HTTPWire

/// Makes responses: JSON, problems, files; each with the fields that keep a browser from being used against
/// the dashboard.
enum Answer {
    /// On every answer; see OWASP's secure headers project. Nothing is shared with another origin: there is no
    /// CORS field, whatever is asked.
    static let securityFields: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        // Not "no-referrer": with that a browser sends "Origin: null" from our own login form.
        ("Referrer-Policy", "same-origin"),
    ]

    /// The whole answer, with when it was made, in Unix seconds (RFC 9110 section 6.6.1). What says nothing of it is not
    /// to be stored.
    static func finished(_ response: HTTPServerResponse, at now: Double) -> HTTPServerResponse {
        var response = response
        if !response.fields.contains(where: { $0.name == "Cache-Control" }) {
            response.fields.append(("Cache-Control", "no-store"))
        }
        response.fields.append(("Date", HTTPDate.text(unixSeconds: now)))
        return response
    }

    /// A value as JSON, its members in alphabetical order.
    static func json(
        _ value: some Encodable, status: Int = 200, fields: [(name: String, value: String)] = [],
        type: String = "application/json"
    ) -> HTTPServerResponse {
        guard var bytes = try? JSONText.bytes(of: value) else { return HTTPServerResponse(status: 500) }
        bytes.append(UInt8(ascii: "\n"))
        return HTTPServerResponse(
            status: status, fields: [("Content-Type", type)] + fields, body: .bytes(bytes))
    }

    /// Content that is made in pieces.
    static func content(_ content: HTTPServerContent, type: String = "application/json") -> HTTPServerResponse
    {
        HTTPServerResponse(status: 200, fields: [("Content-Type", type)], body: .content(content))
    }

    static func problem(_ problem: Problem) -> HTTPServerResponse {
        json(
            problem, status: problem.status, fields: problem.fields, type: "application/problem+json")
    }

    /// Leads a browser elsewhere, with GET (RFC 9110 section 15.4.4).
    static func redirect(
        to path: String, fields: [(name: String, value: String)] = []
    ) -> HTTPServerResponse {
        HTTPServerResponse(status: 303, fields: [("Location", path)] + fields)
    }
}
