import FoundationEssentials
import HTTPServer
import HTTPWire
import Platform
import Sockets
import Time

/// What the backend does, without the sockets: it numbers requests, plans their delays, and answers.
final class BackendApplication {
    /// The name that every answer bears.
    let name: String
    /// The port of its address; nil on a Unix socket.
    let port: UInt16?
    /// The value of the `X-Backend` field.
    let signature: String
    private(set) var delay: Delay
    private(set) var requestCount = 0
    private let encoder = JSONEncoder()

    init(name: String, address: SocketAddress, baseDelay: ClosedRange<Int>) {
        self.name = name
        port = Self.port(of: address)
        signature = Self.signature(name, at: port.map { String($0) } ?? address.description)
        delay = Delay(base: baseDelay)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    private static func port(of address: SocketAddress) -> UInt16? {
        guard case .tcp(_, let port)? = try? Endpoint(address.description) else { return nil }
        return port
    }

    /// Control characters, which could end the field and begin another, are left out.
    private static func signature(_ name: String, at place: String) -> String {
        String(decoding: "\(name):\(place)".utf8.filter { $0 >= 0x20 && $0 != 0x7f }, as: UTF8.self)
    }

    /// A request that was taken on and waits for its answer.
    enum Job {
        /// A counted request, with its delays in milliseconds.
        case work(id: Int, applied: Int, fixed: Int, since: Instant)
        case icon
        case health
        case control
        case refusal(String)

        /// How long to wait before the answer.
        var delay: TimeSpan {
            switch self {
            case .work(_, let applied, _, _): .milliseconds(applied)
            case .icon, .health, .control, .refusal: .zero
            }
        }
    }

    /// Answers a request, whose content nobody wants, when its delay is over.
    func handle(_ request: HTTPServerRequest) -> HTTPServerReply {
        let route = BackendRoute(target: request.path)
        let arrival = MonotonicClock.now()
        return .skip { [self] in
            let job = take(route, at: arrival)
            return .after(job.delay) { [self] in answer(job, at: MonotonicClock.now()) }
        }
    }

    /// Answers what the server refuses.
    func refusal(_ refusal: HTTPServerRefusal) -> HTTPServerResponse {
        var response = self.refusal(refusal.status, "refused: \(refusal.word)")
        // What it takes (RFC 9110 section 15.5.6): every method that is read.
        if refusal.status == 405 { response.fields.append(("Allow", HTTPMethod.known)) }
        return response
    }

    /// Takes on a request whose head came at `arrival`.
    func take(_ route: BackendRoute, at arrival: Instant) -> Job {
        switch route {
        case .work(let asked):
            requestCount += 1
            return .work(
                id: requestCount, applied: delay.applied(asked: asked), fixed: delay.fixed, since: arrival)
        case .icon: return .icon
        case .health: return .health
        case .control(let fixed):
            if let fixed { delay.fixed = fixed }
            return .control
        case .wrong(let reason): return .refusal(reason)
        }
    }

    /// Answers a request `now`.
    func answer(_ job: Job, at now: Instant) -> HTTPServerResponse {
        switch job {
        case .work(let id, let applied, let fixed, let arrival):
            let body = BackendBody.Work(
                server: name, port: port, timestamp: Date().timeIntervalSince1970, requestID: id,
                processingTime: (now - arrival).inSeconds, appliedDelay: applied, fixedDelay: fixed)
            return response(200, body)
        case .icon: return BackendIcon.response(of: name)
        case .health: return response(200, BackendBody.Health())
        case .control:
            let body = BackendBody.State(server: name, requests: requestCount, fixedDelay: delay.fixed)
            return response(200, body)
        case .refusal(let reason): return refusal(400, reason)
        }
    }

    private func refusal(_ status: Int, _ reason: String) -> HTTPServerResponse {
        response(status, BackendBody.Problem(error: reason))
    }

    private func response(_ status: Int, _ body: some Encodable) -> HTTPServerResponse {
        // Encoding fails for numbers that JSON lacks, such as infinity, and none is made here.
        var json = [UInt8]((try? encoder.encode(body)) ?? Data())
        // A line of its own in a terminal.
        json.append(UInt8(ascii: "\n"))
        return HTTPServerResponse(
            status: status, fields: [("Content-Type", "application/json")], body: .bytes(json))
    }
}
