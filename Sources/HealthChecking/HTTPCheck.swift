import HTTPWire
import Sockets

/// The HTTP part of a check: one small GET, and the status that answers it.
final class HTTPCheck {
    private let request: String
    private let expected: ClosedRange<Int>
    private var parser = ResponseParser(answering: .get)
    private var received = Buffer(capacity: HeadLimits.standard.headBytes)

    init(path: String, host: String, expected: ClosedRange<Int>) {
        request = """
            GET \(path) HTTP/1.1\r
            Host: \(host)\r
            User-Agent: evenkeel-check\r
            Accept: */*\r
            Connection: close\r
            \r

            """
        self.expected = expected
    }

    /// What the server answered; nil before that.
    private(set) var status: Int?

    func send(to socket: borrowing Socket) -> IOResult {
        var bytes = Buffer(capacity: request.utf8.count)
        bytes.append(request.utf8)
        return socket.write(from: &bytes)
    }

    /// Reads what is there; nil while the head is not whole.
    func receive(from socket: borrowing Socket) -> CheckResult.Verdict? {
        while true {
            switch socket.read(into: &received) {
            case .moved:
                if let verdict = judge() { return verdict }
            case .wouldBlock:
                return nil
            case .ended:
                return .failed(reason: "closed the connection before a whole response")
            case .failed(let error):
                return .failed(reason: error.description)
            }
        }
    }

    private func judge() -> CheckResult.Verdict? {
        switch received.withSpan({ parser.parse($0) }) {
        case .needMore:
            return nil
        case .invalid(let violation):
            return .failed(reason: "no HTTP response (\(violation.rawValue))")
        case .complete(let length) where parser.head.isInterim:
            // The answer is still to come (RFC 9110 section 15.2).
            received.removeFirst(length)
            received.compact()
            parser.reset(answering: .get)
            return received.isEmpty ? nil : judge()
        case .complete:
            let status = parser.head.status
            self.status = status
            guard expected.contains(status) else { return .failed(reason: unexpected(status)) }
            return .passed
        }
    }

    private func unexpected(_ status: Int) -> String {
        let range =
            expected.lowerBound == expected.upperBound
            ? "\(expected.lowerBound)" : "\(expected.lowerBound)-\(expected.upperBound)"
        return "status \(status), expected \(range)"
    }
}
