import Glibc
import HTTPWire
import TestSupport
import Testing

@testable import Proxy
@testable import Sockets

/// One pipe between two pairs of sockets: a source that the test writes to, a sink that it reads from.
@Suite struct BodyPipeTests {
    private final class Ends {
        let buffers = HTTPBuffers()
        private var pipe = BodyPipe(of: .client)
        private var reading: WatchedSocket
        private let writing: WatchedSocket
        let source: Peer
        let sink: Peer

        init() throws {
            let incoming = try SocketPair()
            reading = WatchedSocket(Socket(owning: dup(incoming.near.number)))
            source = Peer(Socket(owning: dup(incoming.far.number)))
            let outgoing = try SocketPair()
            writing = WatchedSocket(Socket(owning: dup(outgoing.near.number)))
            sink = Peer(Socket(owning: dup(outgoing.far.number)))
        }

        func begin(_ framing: BodyFraming, sendingChunks: Bool) {
            pipe.begin(framing, sendingChunks: sendingChunks)
        }

        /// Pumps as after an event of the source.
        @discardableResult
        func pump() -> BodyPipe.Outcome {
            reading.assumeReadable()
            return pumpWithoutNews()
        }

        /// Pumps as after an event of the sink.
        func pumpWithoutNews() -> BodyPipe.Outcome {
            pipe.pump(from: &reading, to: writing, buffers)
        }

        /// Sends a text in pieces of a size, with a pump after each; answers the last outcome.
        func pass(_ text: String, inPiecesOf size: Int) -> BodyPipe.Outcome {
            var outcome = BodyPipe.Outcome.sourceDry
            var rest = Substring(text)
            while !rest.isEmpty {
                source.send(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
                outcome = pump()
            }
            return outcome
        }

        func put(input text: String) {
            guard var buffer = buffers.input.take() else { return }
            buffer.append(text.utf8)
            pipe.put(input: buffer)
        }

        func put(output text: String) {
            guard var buffer = buffers.output.take() else { return }
            buffer.append(text.utf8)
            pipe.put(output: buffer)
        }

        func takeInput() -> String? {
            guard let input = pipe.takeInput() else { return nil }
            return input.withSpan { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
        }

        func clear() { pipe.clear(buffers) }

        /// Resets the source: a Unix socket that is closed with bytes unread does that.
        func breakSource() {
            send(1, to: reading.socket.number)
            source.close()
        }

        var moved: Int { Int(pipe.moved) }
        var payloadBytes: Int { Int(pipe.payloadBytes) }
        var isDone: Bool { pipe.isDone }
        var isRead: Bool { pipe.isRead }
        var isHolding: Bool { pipe.isHolding }
        var holdsInput: Bool { pipe.input != nil }
        var holdsOutput: Bool { pipe.output != nil }

        /// Bytes in the pipe's own buffers.
        var waiting: Int {
            var total = 0
            if let input = pipe.takeInput() {
                total += input.count
                pipe.put(input: input)
            }
            if let output = pipe.takeOutput() {
                total += output.count
                pipe.put(output: output)
            }
            return total
        }
    }

    private let ends: Ends

    init() throws {
        ends = try Ends()
    }

    // MARK: Framings

    @Test func aMessageWithoutABodyIsDoneAtOnce() {
        ends.begin(.none, sendingChunks: false)
        #expect(ends.isDone && ends.isRead)
        #expect(ends.pump() == .done)
    }

    @Test func aHeadGoesBeforeTheBody() {
        ends.begin(.contentLength(4), sendingChunks: false)
        ends.put(output: "head,")
        ends.put(input: "bo")
        ends.source.send("dy")
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "head,body")
        #expect(ends.payloadBytes == 4)
    }

    @Test(arguments: [1, 2, 3, 100])
    func aCountedBodyIsPassedOnAsItIs(size: Int) {
        ends.begin(.contentLength(11), sendingChunks: false)
        #expect(ends.pass("hello world", inPiecesOf: size) == .done)
        #expect(ends.sink.received == "hello world")
        #expect(ends.isDone && !ends.holdsInput)
    }

    @Test(arguments: [1, 2, 3, 5, 100], [true, false])
    func aChunkedBodyIsReadInAnyPieces(size: Int, sendsChunks: Bool) {
        ends.begin(.chunked, sendingChunks: sendsChunks)
        let text = "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Sum: 1\r\nTE:\r\n\r\n"
            .replacing("TE:\r\n", with: "X-More:2\r\n")
        #expect(ends.pass(text, inPiecesOf: size) == .done)
        if sendsChunks {
            #expect(ends.sink.received.hasSuffix("0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"))
            #expect(unchunked(ends.sink.received) == "hello world")
        } else {
            #expect(ends.sink.received == "hello world")
        }
        #expect(ends.payloadBytes == 11)
        #expect(ends.isDone && !ends.holdsInput)
    }

    /// The content of a chunked body.
    private func unchunked(_ text: String) -> String {
        var decoder = ChunkedDecoder()
        let bytes = Array(text.utf8)
        var position = 0
        var content: [UInt8] = []
        while true {
            switch decoder.next(bytes.span, from: position) {
            case .payload(let range):
                content += bytes[range]
                position = range.upperBound
            case .end, .needMore, .invalid: return String(decoding: content, as: UTF8.self)
            }
        }
    }

    @Test func trailersWaitForTheirRestWithoutSpinning() {
        ends.begin(.chunked, sendingChunks: true)
        ends.source.send("0\r\nX-Sum:")
        #expect(ends.pump() == .sourceDry)
        #expect(ends.pumpWithoutNews() == .sourceDry)
        ends.source.send(" 1\r\n\r")
        #expect(ends.pump() == .sourceDry)
        ends.source.send("\n")
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "0\r\nX-Sum: 1\r\n\r\n")
    }

    @Test func trailersThatNeverEndAreRefused() {
        ends.begin(.chunked, sendingChunks: true)
        ends.source.send("0\r\n")
        var outcome = ends.pump()
        for _ in 0..<100 where outcome == .sourceDry {
            ends.source.send("X: " + String(repeating: "a", count: 100) + "\r\n")
            outcome = ends.pump()
        }
        #expect(
            outcome == .failed(.invalid(.tooManyFields)) || outcome == .failed(.invalid(.trailersTooLarge)))
    }

    @Test func aStreamThatEndsInTheTrailersIsCut() {
        ends.begin(.chunked, sendingChunks: true)
        ends.source.send("0\r\nX-Sum: 1\r\n")
        #expect(ends.pump() == .sourceDry)
        ends.source.finishSending()
        #expect(ends.pump() == .cutShort)
    }

    @Test func aBodyUntilTheEndOfTheStreamIsSentPlainly() {
        ends.begin(.untilClose, sendingChunks: false)
        ends.source.send("hello")
        #expect(ends.pump() == .sourceDry)
        ends.source.finishSending()
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "hello")
    }

    @Test func aBodyUntilTheEndOfTheStreamIsSentInChunks() {
        ends.begin(.untilClose, sendingChunks: true)
        ends.source.send("hello")
        #expect(ends.pump() == .sourceDry)
        #expect(ends.sink.received == "5\r\nhello\r\n")
        ends.source.finishSending()
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "5\r\nhello\r\n0\r\n\r\n")
    }

    @Test func anEmptyBodyUntilTheEndIsTheLastChunkAlone() {
        ends.begin(.untilClose, sendingChunks: true)
        ends.source.finishSending()
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "0\r\n\r\n")
    }

    // MARK: What lies behind a body

    @Test(arguments: [false, true])
    func whatLiesBehindABodyStays(comesWithHead: Bool) {
        ends.begin(.contentLength(5), sendingChunks: false)
        if comesWithHead { ends.put(input: "helloGET /") } else { ends.source.send("helloGET /") }
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "hello")
        #expect(ends.takeInput() == "GET /")
    }

    @Test func whatLiesBehindTheLastChunkStays() {
        ends.begin(.chunked, sendingChunks: true)
        ends.source.send("1\r\nx\r\n0\r\n\r\nGET /")
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "1\r\nx\r\n0\r\n\r\n")
        #expect(ends.takeInput() == "GET /")
    }

    @Test func aLargeCountedBodyLeavesTheNextMessageInTheKernel() {
        let body = String(repeating: "x", count: HTTPBuffers.inputCapacity + 1)
        ends.begin(.contentLength(UInt64(body.utf8.count)), sendingChunks: false)
        ends.source.send(body + "GET /")
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == body)
        #expect(ends.takeInput() == nil)
    }

    // MARK: Back-pressure

    @Test(arguments: [
        (BodyFraming.contentLength(1 << 40), false), (.untilClose, true), (.untilClose, false),
    ])
    func aFullSinkStopsTheSource(framing: BodyFraming, sendsChunks: Bool) {
        ends.begin(framing, sendingChunks: sendsChunks)
        let text = String(repeating: "x", count: 1 << 16)
        while ends.source.sendWhatFits(text) > 0 { ends.pump() }
        #expect(ends.pump() == .sinkFull)
        let (moved, held) = (ends.moved, ends.waiting)
        #expect(ends.isHolding && held <= RelayBuffers.capacity)
        #expect(ends.pump() == .sinkFull)
        #expect(ends.moved == moved, "nothing is read while something waits")
        _ = ends.sink.received
        _ = ends.pumpWithoutNews()
        #expect(ends.moved > moved)
    }

    @Test(arguments: [1000, 20_000, 300_000], [true, false])
    func aLongBodyArrivesWhole(chunk: Int, sendsChunks: Bool) {
        let content = String((0..<200_000).map { "\($0);" }.joined().prefix(900_000))
        var raw = ""
        var rest = Substring(content)
        while !rest.isEmpty {
            let piece = rest.prefix(chunk)
            raw += String(piece.count, radix: 16) + "\r\n" + piece + "\r\n"
            rest = rest.dropFirst(chunk)
        }
        raw += "0\r\n\r\n"
        ends.begin(.chunked, sendingChunks: sendsChunks)
        var unsent = Array(raw.utf8)[...]
        var outcome = BodyPipe.Outcome.more
        while outcome != .done {
            if !unsent.isEmpty {
                let piece = String(decoding: unsent.prefix(100_000), as: UTF8.self)
                unsent = unsent.dropFirst(ends.source.sendWhatFits(piece))
            }
            outcome = ends.pump()
            _ = ends.sink.receivedCount
            guard outcome == .done || outcome == .more || outcome == .sourceDry || outcome == .sinkFull else {
                Issue.record("\(outcome)")
                return
            }
        }
        let received = ends.sink.received
        #expect((sendsChunks ? unchunked(received) : received) == content)
        #expect(ends.payloadBytes == 900_000)
    }

    @Test func aFastSourceLeavesOthersTheirTurn() {
        ends.begin(.untilClose, sendingChunks: true)
        ends.source.send(String(repeating: "x", count: 10 * HTTPBuffers.inputCapacity))
        #expect(ends.pump() == .more)
        #expect(ends.pumpWithoutNews() != .more)
        #expect(ends.payloadBytes == 10 * HTTPBuffers.inputCapacity)
    }

    /// Each costs as much as a thousand bytes.
    @Test(arguments: [true, false])
    func aBodyOfTinyChunksLeavesOthersTheirTurn(sendsChunks: Bool) {
        ends.begin(.chunked, sendingChunks: sendsChunks)
        let count = 4 * BodyPipe.chunksPerTurn
        ends.source.send(String(repeating: "1\r\nx\r\n", count: count) + "0\r\n\r\n")
        #expect(ends.pump() == .more)
        #expect(ends.payloadBytes == BodyPipe.chunksPerTurn)
        var outcome = BodyPipe.Outcome.more
        for _ in 0..<10 where outcome == .more { outcome = ends.pumpWithoutNews() }
        #expect(outcome == .done)
        let received = ends.sink.received
        #expect((sendsChunks ? unchunked(received) : received) == String(repeating: "x", count: count))
    }

    // MARK: What goes wrong

    @Test(arguments: [BodyFraming.contentLength(10), .chunked])
    func aStreamThatEndsTooEarlyIsCut(framing: BodyFraming) {
        ends.begin(framing, sendingChunks: framing == .chunked)
        ends.source.send("5\r\nhel")
        #expect(ends.pump() == .sourceDry)
        ends.source.finishSending()
        #expect(ends.pump() == .cutShort)
        #expect(!ends.isRead)
        #expect(!ends.sink.received.hasSuffix("0\r\n\r\n"))
    }

    @Test(arguments: [
        ("x\r\n", HTTPViolation.invalidChunkSize), ("1\r\nab\r\n", .invalidChunkEnd),
        ("11111111111111111\r\n", .chunkSizeTooLarge),
    ])
    func brokenFramingIsToldAndEndsNothing(text: String, violation: HTTPViolation) {
        ends.begin(.chunked, sendingChunks: true)
        ends.source.send(text)
        #expect(ends.pump() == .failed(.invalid(violation)))
        #expect(!ends.isRead)
        #expect(!ends.sink.received.hasSuffix("0\r\n\r\n"))
    }

    @Test func aBrokenSourceIsToldFromABrokenSink() throws {
        ends.begin(.untilClose, sendingChunks: false)
        ends.breakSource()
        #expect(ends.pump() == .sourceFailed)

        let others = try Ends()
        others.begin(.untilClose, sendingChunks: false)
        others.sink.close()
        others.source.send("lost")
        #expect(others.pump() == .sinkFailed(SystemError(code: EPIPE)))
    }

    @Test func clearedItHoldsNothingAndBeginsAnew() {
        ends.begin(.chunked, sendingChunks: true)
        ends.put(input: "1\r")
        ends.put(output: "head")
        ends.clear()
        #expect(!ends.holdsInput && !ends.holdsOutput && ends.isDone)
        ends.begin(.contentLength(2), sendingChunks: false)
        ends.source.send("ok")
        #expect(ends.pump() == .done)
        #expect(ends.sink.received == "ok")
        #expect(ends.payloadBytes == 2)
    }
}
