import Glibc
import TestSupport
import Testing

@testable import Proxy
@testable import Sockets

/// One relay between two pairs of sockets: a source that the test writes to, a sink that it reads from.
@Suite struct RelayTests {
    private final class Ends {
        let buffers = RelayBuffers()
        private var relay = Relay()
        var source: Peer
        var sink: Peer
        private let reading: Socket
        private let writing: Socket

        init() throws {
            let incoming = try SocketPair()
            reading = Socket(owning: dup(incoming.near.number))
            source = Peer(Socket(owning: dup(incoming.far.number)))
            let outgoing = try SocketPair()
            writing = Socket(owning: dup(outgoing.near.number))
            sink = Peer(Socket(owning: dup(outgoing.far.number)))
        }

        var count: Int { Int(relay.count) }
        var isHolding: Bool { relay.isHolding }
        var isEnded: Bool { relay.isEnded }

        /// The source sends no more, which the event loop reports apart from its bytes.
        func endSource() {
            source.finishSending()
            relay.isSourceClosed = true
        }

        func hold(_ text: String) {
            var buffer = Buffer(capacity: 64)
            buffer.append(text.utf8)
            relay.hold(buffer)
        }

        func pump() -> Relay.Outcome {
            relay.pump(from: reading, to: writing, through: buffers)
        }

        /// Resets the source: a Unix socket that is closed with bytes unread does that.
        func breakSource() {
            send(1, to: reading.number)
            source.close()
        }

        /// What the kernel still holds between the source and the relay.
        var unread: Int {
            var count: Int32 = 0
            return ioctl(reading.number, UInt(FIONREAD), &count) == 0 ? Int(count) : -1
        }
    }

    private let ends: Ends

    init() throws {
        ends = try Ends()
    }

    @Test func whatComesIsPassedOn() {
        #expect(ends.pump() == .waiting)
        ends.source.send("hello")
        #expect(ends.pump() == .waiting)
        #expect(ends.sink.received == "hello")
        #expect(ends.count == 5)
        #expect(!ends.isHolding)
    }

    @Test func theStreamsEndComesAfterItsBytes() {
        ends.source.send("bye")
        ends.endSource()
        #expect(ends.pump() == .ended)
        #expect(ends.isEnded)
        #expect(ends.sink.received == "bye")
        #expect(ends.pump() == .waiting)
    }

    @Test func aFullSinkHoldsOneBufferAtTheMostAndStopsReading() {
        let text = String(repeating: "x", count: 1 << 16)
        // Until both kernel buffers and the relay's own are full.
        while ends.source.sendWhatFits(text) > 0 { _ = ends.pump() }
        #expect(ends.isHolding)
        let (count, unread) = (ends.count, ends.unread)
        #expect(unread > 0)
        #expect(ends.pump() == .waiting)
        #expect(ends.count == count, "nothing is read while something is held")
        #expect(count - ends.sink.receivedCount <= RelayBuffers.capacity)
    }

    @Test func whatWasHeldGoesOnWhenTheSinkDrains() {
        let text = (0..<10_000).map { "\($0);" }.joined()
        var sent = ""
        while true {
            let count = ends.source.sendWhatFits(text)
            sent += text.prefix(count)
            if count == 0 { break }
            _ = ends.pump()
        }
        ends.endSource()
        while !ends.isEnded {
            _ = ends.sink.received
            _ = ends.pump()
        }
        #expect(ends.sink.received == sent)
        #expect(ends.count == sent.utf8.count)
        #expect(!ends.isHolding)
    }

    @Test func aFastSourceLeavesOthersTheirTurn() {
        ends.buffers.scratch = Buffer(capacity: 1024)
        ends.source.send(String(repeating: "x", count: 20 * 1024))
        #expect(ends.pump() == .more)
        #expect(ends.count == Relay.roundsPerTurn * 1024)
        #expect(ends.pump() == .more)
        #expect(ends.pump() == .waiting)
        #expect(ends.sink.receivedCount == 20 * 1024)
    }

    @Test func aBrokenSinkIsToldFromABrokenSource() {
        ends.sink.close()
        ends.source.send("lost")
        #expect(ends.pump() == .sinkFailed(SystemError(code: EPIPE)))
    }

    @Test func aBrokenSourceIsToldFromABrokenSink() {
        ends.breakSource()
        #expect(ends.pump() == .sourceFailed(SystemError(code: ECONNRESET)))
        #expect(ends.sink.received == "")
        #expect(!ends.sink.isEnded)
    }

    @Test func aHeldBufferMeetsABrokenSink() {
        while ends.source.sendWhatFits(String(repeating: "x", count: 1 << 16)) > 0 { _ = ends.pump() }
        ends.sink.close()
        #expect(ends.pump() == .sinkFailed(SystemError(code: EPIPE)))
        #expect(!ends.isHolding)
    }

    @Test func whatIsPutBeforeAllThatIsReadGoesFirst() {
        ends.hold("first ")
        #expect(ends.isHolding)
        ends.source.send("then")
        #expect(ends.pump() == .waiting)
        #expect(ends.sink.received == "first then")
        #expect(ends.count == 4, "what another has read is not counted")
    }

    @Test func aBufferWithoutBytesIsNotHeld() {
        ends.hold("")
        #expect(!ends.isHolding)
    }
}
