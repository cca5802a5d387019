import EventLoop
import Sockets

@testable import HTTPServer

extension HTTPServer {
    /// A server on the loopback, which refuses with the word as content.
    static func forTests(
        on loop: EventLoop, limits: Limits = Limits(), work: SideWork? = nil,
        handle: @escaping (HTTPServerRequest) -> HTTPServerReply
    ) throws -> HTTPServer {
        try HTTPServer(
            .listen(on: Endpoint("127.0.0.1:0").resolve()), on: loop, limits: limits, work: work,
            commonFields: [("X-Common", "yes")],
            refuse: { HTTPServerResponse(status: $0.status, body: .bytes(Array($0.word.utf8))) },
            handle: handle)
    }
}
