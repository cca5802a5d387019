import HTTPWire
import Sockets

/// The buffers and the writer that all HTTP connections of a loop share. A connection holds a buffer only
/// while bytes wait in it, so that an idle one costs nothing but itself.
final class HTTPBuffers {
    /// Holds the longest head; what a read takes while framing has to be understood.
    static let inputCapacity = HeadLimits.standard.headBytes
    /// Holds an input buffer's bytes as they are sent on, behind a head that grew by our fields.
    static let outputCapacity = inputCapacity + 20 * 1024
    /// Holds what a read takes of a body that is moved without a look at it.
    static let bulkCapacity = 64 * 1024
    /// Holds most requests, for as long as they may have to be sent again.
    static let requestCapacity = 2048
    /// Unused buffers kept of each large kind: as many as are in use within a turn, more or less.
    static let spareLimit = 16
    /// Unused buffers kept for requests, each of which holds one for as long as it lasts: 512 KiB.
    static let spareRequestLimit = 256

    let input = BufferPool(capacity: HTTPBuffers.inputCapacity, spareLimit: HTTPBuffers.spareLimit)
    let output = BufferPool(capacity: HTTPBuffers.outputCapacity, spareLimit: HTTPBuffers.spareLimit)
    let bulk = BufferPool(capacity: HTTPBuffers.bulkCapacity, spareLimit: HTTPBuffers.spareLimit)
    let request = BufferPool(capacity: HTTPBuffers.requestCapacity, spareLimit: HTTPBuffers.spareRequestLimit)
    let pipes: PipePool
    var writer = ByteWriter()

    /// - Parameter pipes: where bodies in bulk find a pipe.
    init(pipes: PipePool = .forBulk()) {
        self.pipes = pipes
    }

    // Each is nil when memory is short.

    /// A buffer that holds the longest head.
    func takeInput() -> Buffer? { input.take() }

    /// A buffer that holds what a full one of input becomes.
    func takeOutput() -> Buffer? { output.take() }

    /// A buffer for a body that is moved without a look at it.
    func takeBulk() -> Buffer? { bulk.take() }

    /// Takes a buffer back, whichever kind it is.
    func give(_ buffer: consuming Buffer) {
        switch buffer.capacity {
        case Self.inputCapacity: input.give(buffer)
        case Self.outputCapacity: output.give(buffer)
        case Self.bulkCapacity: bulk.give(buffer)
        default: request.give(buffer)
        }
    }

    /// Gives unused memory back.
    func freeSpares() {
        for pool in [input, output, bulk, request] { pool.freeSpares() }
    }

    /// Appends what is written to a buffer that has room for it.
    func write(into buffer: inout Buffer, _ write: (inout ByteWriter) -> Void) {
        writer.clear()
        write(&writer)
        writer.withSpan { _ = buffer.append($0) }
    }

    /// The writer's bytes in a buffer that they fit.
    func takeWritten() -> Buffer? {
        let pool = writer.count <= Self.requestCapacity ? request : output
        guard var buffer = pool.take() else { return nil }
        writer.withSpan { _ = buffer.append($0) }
        return buffer
    }
}
