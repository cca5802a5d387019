import Foundation
import Glibc
import HTTPWire
import TestSupport

/// A client that blocks: it sends what a test says, and reads what comes, for up to ten seconds.
final class ScriptedClient {
    struct Failure: Error {
        let what: String
    }

    /// A response as it came.
    struct Response {
        let status: Int
        /// Names in lower case.
        let fields: [String: String]
        let body: String

        /// The body's members, as text.
        var json: [String: String] {
            guard let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            else {
                return [:]
            }
            return object.mapValues { "\($0)" }
        }
    }

    private var number: Int32
    private var received: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Failure(what: "socket: \(errno)") }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(number, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // On failure deinit closes it: a second close could hit another thread's descriptor.
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close() }

    // MARK: Sending

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        try Self.send(bytes, to: number)
    }

    private static func send(_ bytes: [UInt8], to number: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends from another thread; answers whether it went well, when it is asked.
    func sendElsewhere(_ text: String) -> Handover<Bool> {
        let outcome = Handover<Bool>()
        let number = number
        Thread.detachNewThread {
            do {
                try Self.send(Array(text.utf8), to: number)
                outcome.give(true)
            } catch { outcome.give(false) }
        }
        return outcome
    }

    /// Sends as much as the kernels between us take now; answers how much.
    func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        return max(0, bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, flags) })
    }

    /// A request without a body, of HTTP/1.1.
    func request(_ target: String = "/", method: String = "GET", fields: String = "") throws {
        try send("\(method) \(target) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
    }

    /// A request and its response.
    func ask(_ target: String = "/", method: String = "GET", fields: String = "") throws -> Response {
        try request(target, method: method, fields: fields)
        return try response(to: method == "HEAD" ? .head : .get)
    }

    func finishSending() {
        shutdown(number, Int32(SHUT_WR))
    }

    func close() {
        guard number >= 0 else { return }
        Glibc.close(number)
        number = -1
    }

    /// Closes with a reset, as a client that crashed.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: Receiving

    /// Reads once; false at the stream's end.
    private func receive() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(number, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure(what: "receive: \(errno)") }
        received += bytes.prefix(count)
        return count > 0
    }

    /// Whether the backend ends the stream, without a byte more.
    func isEnded() throws -> Bool {
        guard received.isEmpty else { return false }
        return try !receive()
    }

    /// Reads one response, as strictly as a proxy would.
    func response(to method: HTTPMethod = .get) throws -> Response {
        var parser = ResponseParser(answering: method)
        while true {
            switch parser.parse(received.span) {
            case .complete(let length): return try response(parser.head, behind: length)
            case .invalid(let violation): throw Failure(what: "malformed response: \(violation.reason)")
            case .needMore:
                guard try receive() else { throw Failure(what: "the stream ended before the response") }
            }
        }
    }

    private func response(_ head: ResponseHead, behind length: Int) throws -> Response {
        var bodyLength = 0
        if case .contentLength(let count) = head.framing { bodyLength = Int(count) }
        while received.count < length + bodyLength {
            guard try receive() else { throw Failure(what: "the stream ended within the response") }
        }
        let bytes = received
        let text = { (range: ByteRange) in String(decoding: bytes[range.indices], as: UTF8.self) }
        let fields = head.fields.map { (text($0.name).lowercased(), text($0.value)) }
        received.removeFirst(length + bodyLength)
        return Response(
            status: head.status, fields: Dictionary(fields) { first, _ in first },
            body: String(decoding: bytes[length..<(length + bodyLength)], as: UTF8.self))
    }
}
