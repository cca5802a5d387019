import Sockets

/// Moves bytes one way between two sockets.
///
/// Each read is followed at once by a write of the same bytes from the same shared buffer; only what
/// the kernel did not take is kept, and then nothing more is read until it is gone: so a slow reader
/// slows its writer, and a session holds at most one buffer for each way.
struct Relay: ~Copyable {
    /// What a pump came to.
    enum Outcome: Equatable {
        /// The source has nothing or the sink is full: an event of theirs goes on.
        case waiting
        /// There may be more, but others want their turn.
        case more
        /// The source has sent all, and all was passed on.
        case ended
        /// The source's connection is broken.
        case sourceFailed(SystemError)
        /// The sink's connection is broken.
        case sinkFailed(SystemError)
    }

    /// Reads in one go before other connections get their turn: 512 KiB with the usual buffer.
    static let roundsPerTurn = 8

    /// Bytes read from the source so far.
    private(set) var count: UInt64 = 0
    /// The source has closed its end, so the stream's end follows what can be read.
    var isSourceClosed = false
    /// All was passed on; there is nothing more to do.
    private(set) var isEnded = false
    private var held: Buffer?
    /// The sink still has Nagle's delay.
    private var sinkDelays: Bool

    /// - Parameter sinkDelays: whether the sink was made with `delayingSmallWrites`. The delay is turned off
    ///   at the second write, which not every session comes to.
    init(sinkDelays: Bool = false) {
        self.sinkDelays = sinkDelays
    }

    /// Whether bytes wait for the sink.
    var isHolding: Bool { held != nil }

    /// Moves what can be moved now.
    mutating func pump(
        from source: borrowing Socket, to sink: borrowing Socket, through buffers: RelayBuffers
    ) -> Outcome {
        guard !isEnded else { return .waiting }
        if let outcome = flush(to: sink, buffers) { return outcome }
        for _ in 0..<Self.roundsPerTurn {
            buffers.scratch.removeAll()
            switch source.read(into: &buffers.scratch) {
            case .moved(let size):
                if let outcome = pass(size, to: sink, buffers) { return outcome }
            case .wouldBlock:
                return .waiting
            case .ended:
                isEnded = true
                return .ended
            case .failed(let error):
                return .sourceFailed(error)
            }
        }
        return .more
    }

    /// Writes what was read; nil when the source may have more.
    private mutating func pass(_ size: Int, to sink: borrowing Socket, _ buffers: RelayBuffers) -> Outcome? {
        let isDrained = buffers.scratch.room > 0 && !isSourceClosed
        if count > 0 { endDelay(of: sink) }
        count += UInt64(size)
        switch sink.write(from: &buffers.scratch) {
        case .moved, .wouldBlock, .ended:
            guard buffers.scratch.isEmpty else {
                held = buffers.takeScratch()
                return .waiting
            }
            return isDrained ? .waiting : nil
        case .failed(let error):
            return .sinkFailed(error)
        }
    }

    /// Writes what is held; nil when nothing is held any more.
    private mutating func flush(to sink: borrowing Socket, _ buffers: RelayBuffers) -> Outcome? {
        guard var waiting = held.take() else { return nil }
        endDelay(of: sink)
        let result = sink.write(from: &waiting)
        if case .failed(let error) = result { return .sinkFailed(error) }
        guard waiting.isEmpty else {
            held = consume waiting
            return .waiting
        }
        buffers.pool.give(waiting)
        return nil
    }

    private mutating func endDelay(of sink: borrowing Socket) {
        guard sinkDelays else { return }
        sinkDelays = false
        sink.sendAtOnce()
    }

    /// Puts bytes before all that is read.
    mutating func hold(_ bytes: consuming Buffer) {
        held = bytes.isEmpty ? nil : consume bytes
    }
}

/// The buffers that all relays of a loop share.
final class RelayBuffers {
    /// Bytes in a buffer: what a read takes at the most, and a session holds for each way. As large
    /// as a pipe, and no less than a TCP window on a local network, so that a bulk transfer costs few
    /// calls.
    static let capacity = 64 * 1024
    /// Unused buffers kept: 2 MiB.
    static let spareLimit = 32

    let pool = BufferPool(capacity: RelayBuffers.capacity, spareLimit: RelayBuffers.spareLimit)
    var scratch = Buffer(capacity: RelayBuffers.capacity)

    /// Gives the scratch buffer away with its bytes and puts an empty one in its place.
    func takeScratch() -> Buffer {
        var buffer = pool.take()
        swap(&buffer, &scratch)
        return buffer
    }
}
