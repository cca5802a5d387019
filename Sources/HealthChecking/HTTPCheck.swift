import HTTPWire
import Sockets

/// The HTTP part of a check: one small request, and the status that answers it.
final class HTTPCheck {
    /// Reads in one turn of the loop: a server that sends without end must not keep others from theirs.
    private static let readsPerTurn = 8
    /// How many interim heads (1xx) may come before the answer: a check asks for nothing that takes long. (Go's
    /// client takes 5.)
    private static let mostInterimHeads = 64

    private let request: String
    private let method: HTTPMethod
    private let expected: ClosedRange<Int>
    /// It knows the method: the answer to a HEAD has the length of content that does not follow (RFC 9112 section 6.3).
    private var parser: ResponseParser
    private var interimHeads = 0
    private var received = Buffer(capacity: HeadLimits.standard.headBytes)

    init(
        _ request: CheckRequest, host: String, expected: ClosedRange<Int>, accepting faults: AcceptedFaults
    ) {
        self.request = request.text(host: host)
        self.method = request.method
        self.expected = expected
        parser = ResponseParser(answering: request.method, accepting: faults)
    }

    /// What the server answered; nil before that.
    private(set) var status: Int?

    func send(to socket: borrowing Socket) -> IOResult {
        var bytes = Buffer(capacity: request.utf8.count)
        bytes.append(request.utf8)
        return socket.write(from: &bytes)
    }

    /// How far a check has come.
    enum Progress {
        /// It is over.
        case verdict(CheckResult.Verdict)
        /// The rest is still to come.
        case needsMore
        /// There may be more to read, in another turn.
        case more
    }

    /// Reads what is there.
    func receive(from socket: borrowing Socket) -> Progress {
        for _ in 0..<Self.readsPerTurn {
            switch socket.read(into: &received) {
            case .moved:
                if let verdict = judge() { return .verdict(verdict) }
            case .wouldBlock:
                return .needsMore
            case .ended:
                return .verdict(.failed(reason: "closed the connection before a whole response"))
            case .failed(let error):
                return .verdict(.failed(reason: error.description))
            }
        }
        return .more
    }

    /// Judges what was received; nil while the final head is not whole (RFC 9110 section 15.2).
    private func judge() -> CheckResult.Verdict? {
        // The parser wants a head's first byte first, and bytes that wait are moved once.
        defer { received.compact() }
        while !received.isEmpty {
            switch received.withSpan({ parser.parse($0) }) {
            case .needMore:
                return nil
            case .invalid(let violation):
                return .failed(reason: "no HTTP response (\(violation.rawValue))")
            case .complete(let length) where parser.head.isInterim:
                interimHeads += 1
                guard interimHeads <= Self.mostInterimHeads else {
                    return .failed(reason: "more than \(Self.mostInterimHeads) interim responses")
                }
                received.removeFirst(length)
                parser.reset(answering: method)
            case .complete:
                let status = parser.head.status
                self.status = status
                guard expected.contains(status) else { return .failed(reason: unexpected(status)) }
                return .passed
            }
        }
        return nil
    }

    private func unexpected(_ status: Int) -> String {
        let range =
            expected.lowerBound == expected.upperBound
            ? "\(expected.lowerBound)" : "\(expected.lowerBound)-\(expected.upperBound)"
        return "status \(status), expected \(range)"
    }
}
