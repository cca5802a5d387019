import EventLoop
import HTTPServer
import Sockets
import TestSupport
import Testing
import Time

@testable import Dashboard

@Suite("A client that watches and does not read")
struct DeafWatcherTests {
    /// Larger than what the kernel takes for a client.
    private static let tick = String(repeating: "x", count: 16 << 20)

    private static let patience = TimeSpan.milliseconds(500)

    private final class Taken {
        var streams: [HTTPServerStream] = []
    }

    private let loop: EventLoop
    private let events: EventStreams
    private let server: HTTPServer
    private let taken = Taken()
    private let client: Peer

    init() throws {
        loop = try EventLoop()
        events = try EventStreams(
            on: loop, connections: 256, patience: Self.patience, work: SideWork(on: loop)
        ) { _ in HTTPServerContent(AnyIterator([Array(Self.tick.utf8)].makeIterator())) }
        server = try HTTPServer(
            .listen(on: Endpoint("127.0.0.1:0").resolve()), on: loop,
            refuse: { HTTPServerResponse(status: $0.status) },
            handle: { [events, taken] _ in
                .now(
                    HTTPServerResponse(
                        status: 200,
                        body: .stream { stream in
                            taken.streams.append(stream)
                            events.open(stream, after: nil)
                        }))
            })
        client = try Peer(connectingTo: server.address)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { waiting > 0 })
        // Until the kernel takes no more.
        try loop.run(for: .milliseconds(50))
    }

    private var waiting: Int { taken.streams.reduce(0) { $0 + $1.waitingBytes } }

    @Test("loses the ticks that come meanwhile")
    func losesTicks() throws {
        let before = waiting
        #expect(before > 0)
        for _ in 0..<3 {
            events.tickSoon()
            try loop.run(for: .milliseconds(100))
        }
        #expect(waiting <= before)
    }

    @Test("loses changes, too, while more than a megabyte waits")
    func losesChanges() throws {
        let before = waiting
        #expect(before > 1 << 20)
        let text = String(repeating: "y", count: 64 * 1024)
        for _ in 0..<100 { events.tell(Change(at: 0, service: nil, kind: .reset, text: text)) }
        #expect(waiting == before)
    }

    @Test("is cut when it has read nothing for too long")
    func isCut() throws {
        #expect(events.count > 0, "it has its time")
        #expect(
            try loop.run {
                events.tickSoon()
                return events.count == 0
            })
        #expect(waiting == 0)
        #expect(try loop.run { server.connectionCount == 0 })
    }

    @Test("has ten seconds for it")
    func hasTime() {
        #expect(EventStreams.patience == .seconds(10))
    }

    @Test("holds up no other")
    func holdsUpNobody() throws {
        let reader = try Peer(connectingTo: server.address)
        reader.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try loop.run { reader.receivedCount > 1 << 20 })
    }
}
