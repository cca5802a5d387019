import HTTPWire
import Sockets

/// The bytes of a plan's request, written once and sent each time.
enum RequestBytes {
    /// Sent unless the plan names another.
    private static let userAgent = "evenkeel-load"

    /// A buffer that holds the whole request.
    static func buffer(of plan: LoadPlan) -> Buffer {
        var writer = ByteWriter()
        writer.writeRequestLine(plan.method, plan.path)
        writer.writeField("Host", plan.host)
        if !plan.has("User-Agent") { writer.writeField("User-Agent", userAgent) }
        if !plan.has("Accept") { writer.writeField("Accept", "*/*") }
        if let identifier = plan.requestID { writer.writeField("X-Request-ID", identifier) }
        for header in plan.headers { writer.writeField(header.name, header.value) }
        // RFC 9110 section 8.6: a method that means a body says so even when there is none.
        let expectsBody = [.post, .put, .patch].contains(plan.method)
        if plan.body != nil || expectsBody {
            writer.writeField("Content-Length", UInt64(plan.body?.count ?? 0))
        }
        if !plan.keepAlive { writer.writeField("Connection", "close") }
        writer.endHead()
        let body = plan.body ?? []
        var buffer = Buffer(capacity: writer.count + body.count)
        writer.withSpan { _ = buffer.append($0) }
        buffer.append(body)
        return buffer
    }
}

extension LoadPlan {
    fileprivate func has(_ name: String) -> Bool {
        headers.contains { $0.name.lowercased() == name.lowercased() }
    }
}
