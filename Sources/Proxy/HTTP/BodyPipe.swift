import HTTPWire
import Sockets

/// Moves a message's body from one connection to the other: reads, understands the framing, writes its
/// own. At most one buffer waits before and one behind, so a slow reader slows its writer. A long body that needs
/// no framing is spliced.
struct BodyPipe: ~Copyable {
    /// What a pump came to.
    enum Outcome: Equatable {
        /// The body is over and all of it is written.
        case done
        /// The source has nothing now.
        case sourceDry
        /// The sink takes nothing now.
        case sinkFull
        /// There may be more, but others want their turn.
        case more
        /// The source's stream ended in the middle of the body.
        case cutShort
        /// The source's connection is broken.
        case sourceFailed
        /// The sink's connection is broken.
        case sinkFailed(SystemError)
        /// What was read cannot go on.
        case failed(Fault)
    }

    /// Why what was read cannot go on.
    enum Fault: Equatable {
        /// The framing is broken.
        case invalid(HTTPViolation)
        /// There is no memory for it.
        case outOfMemory
    }

    /// Rounds in one go before other connections get their turn.
    static let roundsPerTurn = 8
    /// Chunks understood in one go: a body of single bytes has 2,700 in a buffer, and each costs as much as a
    /// thousand bytes that are moved.
    static let chunksPerTurn = 512

    private(set) var reader: BodyReader
    private var sendsChunks = false
    private var hasEnded = true
    /// There is a body: the reader's count is of this message, and not of the one before.
    private var hasBegun = false
    /// Read, and not understood yet.
    private(set) var input: Buffer?
    /// What was read cannot be understood without the bytes that follow: trailers come in one piece.
    private var awaitsRest = false
    /// Chunks understood in this go.
    private var chunks = 0
    /// Understood, and not written yet.
    private(set) var output: Buffer?
    /// Holds content that was spliced, and not written yet; it comes behind `output`.
    private var piped: Pipe?

    /// Bytes read and bytes written so far: when it stands still, nothing moves.
    private(set) var moved: UInt64 = 0

    /// A pipe for the bodies of requests, or of responses.
    init(of sender: Sender) {
        reader = BodyReader(.none, of: sender)
    }

    /// Whether the body is over and all of it is written.
    var isDone: Bool { hasEnded && !isHolding }

    /// Whether bytes wait for the sink.
    var isHolding: Bool { output != nil || piped != nil }

    /// Whether the body was read to its end.
    var isRead: Bool { hasEnded }

    /// Bytes of content so far.
    var payloadBytes: UInt64 { hasBegun ? reader.payloadBytes : 0 }

    /// Begins with a body framed one way, to be sent as chunks or plainly, without the trailers of these names.
    mutating func begin(_ framing: BodyFraming, sendingChunks: Bool, dropping names: [String] = []) {
        reader.reset(framing, dropping: names)
        sendsChunks = sendingChunks
        hasEnded = reader.isDone
        hasBegun = true
        awaitsRest = false
        chunks = 0
    }

    /// Puts bytes that were read with the head before all that is read later.
    mutating func put(input buffer: consuming Buffer) {
        input = consume buffer
    }

    /// Puts bytes, such as a head, that are to be written before the body.
    mutating func put(output buffer: consuming Buffer) {
        output = consume buffer
    }

    /// Takes back what was read beyond the body: it belongs to the next message.
    mutating func takeInput() -> Buffer? {
        input.take()
    }

    /// Takes what is to be written.
    mutating func takeOutput() -> Buffer? {
        output.take()
    }

    /// Gives all buffers back.
    mutating func clear(_ buffers: HTTPBuffers) {
        if let buffer = input.take() { buffers.give(buffer) }
        if let buffer = output.take() { buffers.give(buffer) }
        if let pipe = piped.take() { buffers.pipes.give(pipe) }
        hasEnded = true
        hasBegun = false
    }

    /// Moves what can be moved now.
    mutating func pump(
        from source: inout WatchedSocket, to sink: borrowing WatchedSocket, _ buffers: HTTPBuffers
    ) -> Outcome {
        chunks = 0
        for _ in 0..<Self.roundsPerTurn where chunks < Self.chunksPerTurn {
            if let outcome = flush(to: sink, buffers) { return outcome }
            if hasEnded { return .done }
            if isBulk, let outcome = splice(from: &source, to: sink, buffers) { return outcome }
            if input == nil || awaitsRest, let outcome = fill(from: &source, buffers) { return outcome }
            if let fault = encode(buffers) { return .failed(fault) }
        }
        return .more
    }

    /// Whether so much content comes next, to be sent as it is, that splicing it costs less than copying.
    private var isBulk: Bool {
        let hasFlowed = reader.payloadBytes >= Relay.bulk
        // Of a body that ends with its connection nobody knows how much comes.
        guard !sendsChunks, input == nil, hasFlowed || !reader.mayEndHere else { return false }
        return reader.remainingPayload >= (hasFlowed ? UInt64(HTTPBuffers.bulkCapacity) : Relay.bulk)
    }

    /// Moves content through a pipe, and none of what follows it; nil when there is no pipe, or it does not
    /// work with these sockets.
    private mutating func splice(
        from source: inout WatchedSocket, to sink: borrowing WatchedSocket, _ buffers: HTTPBuffers
    ) -> Outcome? {
        guard source.isReadable else { return .sourceDry }
        guard let pipe = buffers.pipes.take() else { return nil }
        piped = pipe
        for _ in 0..<Relay.splicesPerTurn {
            let limit = Int(clamping: reader.remainingPayload)
            switch source.fill(pipe, atMost: limit) {
            case .moved(let count):
                moved += UInt64(count)
                reader.skip(UInt64(count))
                hasEnded = reader.isDone
            case .wouldBlock: return leave(pipe, buffers, .sourceDry)
            // The end, or urgent data, which a splice never gets beyond: a read tells.
            case .ended: return leave(pipe, buffers, nil)
            case .failed(let error): return leave(pipe, buffers, error.isUnsupported ? nil : .sourceFailed)
            }
            if let outcome = flush(pipe, to: sink) { return outcome }
            if hasEnded { return leave(pipe, buffers, .done) }
            // A chunk is over, and its end has to be understood. It was a turn's share.
            if reader.remainingPayload == 0 { return leave(pipe, buffers, .more) }
        }
        return leave(pipe, buffers, .more)
    }

    /// Gives an empty pipe back.
    private mutating func leave(_ pipe: Pipe, _ buffers: HTTPBuffers, _ outcome: Outcome?) -> Outcome? {
        piped = nil
        buffers.pipes.give(pipe)
        return outcome
    }

    /// Writes what was spliced; nil when nothing waits any more.
    private mutating func flush(_ pipe: Pipe, to sink: borrowing WatchedSocket) -> Outcome? {
        let result = sink.write(from: pipe)
        if case .moved(let count) = result { moved += UInt64(count) }
        if pipe.isEmpty { return nil }
        if case .failed(let error) = result { return .sinkFailed(error) }
        return .sinkFull
    }

    /// Writes what waits; nil when nothing waits any more.
    mutating func flush(to sink: borrowing WatchedSocket, _ buffers: HTTPBuffers) -> Outcome? {
        guard var waiting = output.take() else { return flushPipe(to: sink, buffers) }
        let result = sink.write(from: &waiting)
        if case .moved(let count) = result { moved += UInt64(count) }
        if waiting.isEmpty {
            buffers.give(waiting)
            return flushPipe(to: sink, buffers)
        }
        output = consume waiting
        if case .failed(let error) = result { return .sinkFailed(error) }
        return .sinkFull
    }

    private mutating func flushPipe(to sink: borrowing WatchedSocket, _ buffers: HTTPBuffers) -> Outcome? {
        guard let pipe = piped else { return nil }
        return flush(pipe, to: sink) ?? leave(pipe, buffers, nil)
    }

    /// Reads; nil when there is something to understand.
    private mutating func fill(from source: inout WatchedSocket, _ buffers: HTTPBuffers) -> Outcome? {
        guard source.isReadable else { return .sourceDry }
        let plain = sendsChunks ? 0 : Int(clamping: reader.remainingPayload)
        let isBulk = plain > HTTPBuffers.inputCapacity
        guard var buffer = input.take() ?? (isBulk ? buffers.takeBulk() : buffers.takeInput()) else {
            return .failed(.outOfMemory)
        }
        let result = source.read(into: &buffer, atMost: isBulk ? plain : .max)
        if case .moved(let count) = result {
            moved += UInt64(count)
            input = consume buffer
            return nil
        }
        if awaitsRest { input = consume buffer } else { buffers.give(buffer) }
        switch result {
        case .moved: return nil
        case .wouldBlock: return .sourceDry
        case .failed: return .sourceFailed
        case .ended: return end(buffers)
        }
    }

    /// The source's stream has ended, which ends some bodies and cuts others.
    private mutating func end(_ buffers: HTTPBuffers) -> Outcome? {
        guard reader.mayEndHere else { return .cutShort }
        hasEnded = true
        guard sendsChunks else { return .done }
        guard var framed = buffers.takeOutput() else { return .failed(.outOfMemory) }
        buffers.write(into: &framed) {
            $0.writeLastChunk()
            $0.endHead()
        }
        output = consume framed
        return nil
    }

    /// Understands what was read and frames it anew; a fault ends the message.
    mutating func encode(_ buffers: HTTPBuffers) -> Fault? {
        guard var raw = input.take() else { return nil }
        awaitsRest = false
        if !sendsChunks, output == nil, UInt64(raw.count) <= reader.remainingPayload {
            reader.skip(UInt64(raw.count))
            hasEnded = reader.isDone
            output = consume raw
            return nil
        }
        guard var framed = output.take() ?? buffers.takeOutput() else {
            buffers.give(raw)
            return .outOfMemory
        }
        let (taken, violation) = frame(raw, into: &framed, buffers)
        raw.removeFirst(taken)
        if framed.isEmpty { buffers.give(framed) } else { output = consume framed }
        if raw.isEmpty { buffers.give(raw) } else { keep(raw) }
        return violation.map(Fault.invalid)
    }

    /// Unread framing bytes wait for their rest at the buffer's start.
    private mutating func keep(_ raw: consuming Buffer) {
        awaitsRest = !hasEnded && chunks < Self.chunksPerTurn
        raw.compact()
        input = consume raw
    }

    /// Frames as many of the raw bytes as there is room for; answers how many it took.
    private mutating func frame(
        _ raw: borrowing Buffer, into framed: inout Buffer, _ buffers: HTTPBuffers
    ) -> (taken: Int, violation: HTTPViolation?) {
        var position = 0
        var ended = false
        var violation: HTTPViolation?
        raw.withSpan { bytes in
            loop: while chunks < Self.chunksPerTurn {
                switch reader.next(bytes, from: position) {
                case .payload(let range):
                    if sendsChunks { buffers.write(into: &framed) { $0.beginChunk(range.count) } }
                    framed.append(bytes.extracting(range))
                    if sendsChunks { buffers.write(into: &framed) { $0.endChunk() } }
                    position = range.upperBound
                    chunks += 1
                case .needMore(let consumed):
                    position = consumed
                    break loop
                case .end(let consumed):
                    position = consumed
                    ended = true
                    break loop
                case .invalid(let found):
                    violation = found
                    break loop
                }
            }
        }
        if ended || reader.isDone {
            hasEnded = true
            if sendsChunks { writeEnd(raw, into: &framed, buffers) }
        }
        return (position, violation)
    }

    /// The last chunk, and the trailers that came behind it.
    private func writeEnd(_ raw: borrowing Buffer, into framed: inout Buffer, _ buffers: HTTPBuffers) {
        let trailers = reader.trailers
        raw.withSpan { bytes in
            let section = trailers.isEmpty ? Span() : bytes.extracting(reader.trailersStart...)
            buffers.write(into: &framed) { writer in
                writer.writeLastChunk()
                for field in trailers { writer.writeField(field, from: section) }
                writer.endHead()
            }
        }
    }
}
