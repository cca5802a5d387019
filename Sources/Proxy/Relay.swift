import EventLoop
import Sockets

/// Moves bytes one way between two sockets.
///
/// Each read is followed at once by a write of the same bytes from the same shared buffer; only what
/// the kernel did not take is kept, and then nothing more is read until it is gone: so a slow reader
/// slows its writer, and a session holds at most one buffer for each way. Once it moves in bulk, a pipe
/// in the kernel takes the buffer's place, and bytes are not copied any more.
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
        /// There is no memory for what the sink does not take.
        case outOfMemory
    }

    /// Reads in one go before other connections get their turn: 512 KiB with the usual buffer.
    static let roundsPerTurn = 8

    /// Pipes filled in one go before other connections get their turn: 2 MiB at the most, which take about as
    /// long as copying 512 KiB.
    static let splicesPerTurn = 2
    /// Bytes that move without a pause before they are spliced. A short answer costs more in a pipe than
    /// copied, for a call says that there is no more; and pipes are few.
    static let bulk: UInt64 = 256 * 1024
    /// A pump that moves less than this is a pause: a dozen packets of a network.
    static let trickle: UInt64 = 16 * 1024

    /// Bytes read from the source so far.
    private(set) var count: UInt64 = 0
    /// The source has closed its end, so the stream's end follows what can be read.
    var isSourceClosed = false
    /// The source's connection is broken. A relay that reads meets that by itself; one that has ended, or that holds
    /// bytes, does not.
    var isSourceBroken = false
    /// All was passed on; there is nothing more to do.
    private(set) var isEnded = false
    private var held: Buffer?
    /// Holds bytes that were spliced.
    private var piped: Pipe?
    /// Bytes moved since the last pause.
    private var streak: UInt64 = 0
    /// The sink still has Nagle's delay.
    private var sinkDelays: Bool

    /// - Parameter sinkDelays: whether the sink was made with `delayingSmallWrites`. The delay is turned off
    ///   at the second write, which not every session comes to.
    init(sinkDelays: Bool = false) {
        self.sinkDelays = sinkDelays
    }

    /// Whether bytes wait for the sink.
    var isHolding: Bool { held != nil || piped != nil }

    /// Takes in what the source's watch reports.
    mutating func note(_ events: SocketEvents) {
        if events.contains(.closed) { isSourceClosed = true }
        if events.contains(.failed) { isSourceBroken = true }
    }

    /// Moves what can be moved now.
    mutating func pump(
        from source: borrowing Socket, to sink: borrowing Socket, through buffers: RelayBuffers
    ) -> Outcome {
        guard !isEnded else { return .waiting }
        if let outcome = flush(to: sink, buffers) { return outcome }
        let before = count
        let outcome =
            streak >= Self.bulk
            ? splice(from: source, to: sink, buffers) : copy(from: source, to: sink, buffers)
        streak = count - before < Self.trickle ? 0 : streak + (count - before)
        return outcome
    }

    private mutating func copy(
        from source: borrowing Socket, to sink: borrowing Socket, _ buffers: RelayBuffers
    ) -> Outcome {
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

    /// Moves through a pipe, or copies when there is none.
    private mutating func splice(
        from source: borrowing Socket, to sink: borrowing Socket, _ buffers: RelayBuffers
    ) -> Outcome {
        guard let pipe = buffers.pipes.take() else { return copy(from: source, to: sink, buffers) }
        endDelay(of: sink)
        defer { if pipe.isEmpty { buffers.pipes.give(pipe) } }
        for _ in 0..<Self.splicesPerTurn {
            switch pipe.fill(from: source) {
            case .moved(let size): count += UInt64(size)
            case .wouldBlock: return .waiting
            // The end, or urgent data, which a splice never gets beyond: a read tells.
            case .ended: return copy(from: source, to: sink, buffers)
            case .failed(let error):
                return error.isUnsupported
                    ? copy(from: source, to: sink, buffers) : .sourceFailed(error)
            }
            if case .failed(let error) = pipe.drain(into: sink) { return .sinkFailed(error) }
            guard pipe.isEmpty else {
                piped = pipe
                return .waiting
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
                guard let full = buffers.takeScratch() else { return .outOfMemory }
                held = consume full
                return .waiting
            }
            return isDrained ? .waiting : nil
        case .failed(let error):
            return .sinkFailed(error)
        }
    }

    /// Writes what is held; nil when nothing is held any more.
    private mutating func flush(to sink: borrowing Socket, _ buffers: RelayBuffers) -> Outcome? {
        if let pipe = piped { return flush(pipe, to: sink, buffers) }
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

    private mutating func flush(
        _ pipe: Pipe, to sink: borrowing Socket, _ buffers: RelayBuffers
    ) -> Outcome? {
        if case .failed(let error) = pipe.drain(into: sink) {
            piped = nil
            return .sinkFailed(error)
        }
        guard pipe.isEmpty else { return .waiting }
        piped = nil
        buffers.pipes.give(pipe)
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

    /// Pipes, which a relay holds only while bytes wait in one; it copies when none is left.
    let pipes: PipePool
    let pool = BufferPool(capacity: RelayBuffers.capacity, spareLimit: RelayBuffers.spareLimit)
    var scratch = Buffer(capacity: RelayBuffers.capacity)

    init(pipes: PipePool = .forBulk()) {
        self.pipes = pipes
    }

    /// Gives the scratch buffer away with its bytes and puts an empty one in its place; nil when memory is short.
    func takeScratch() -> Buffer? {
        guard var buffer = pool.take() else { return nil }
        swap(&buffer, &scratch)
        return buffer
    }
}

extension PipePool {
    /// Bytes in a pipe: as much as a user may have without privileges (`fs.pipe-max-size`). 10 MiB through
    /// pipes of 64 KiB, 256 KiB and 1 MiB took 337, 106 and 45 calls, and half the time from the first to the last.
    private static let bulkCapacity = 1024 * 1024
    /// The most pipes that are of use: each holds up to 1 MiB for a reader that is slower than its writer, and the kernel
    /// lends a user 64 MiB without asking (`fs.pipe-user-pages-soft`).
    public static let mostOfUse = 32
    /// Unused pipes kept.
    static let bulkSpareLimit = 4

    /// The pipes of a service. From now on the process ignores SIGPIPE, as ``Pipe`` wants it.
    static func forBulk(atMost limit: Int = mostOfUse) -> PipePool {
        SignalWatch.ignoreBrokenPipes()
        return PipePool(capacity: bulkCapacity, limit: limit, spareLimit: bulkSpareLimit)
    }
}
