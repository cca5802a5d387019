/// Keeps the memory of a few buffers of one capacity for reuse, so that a connection which blocks and
/// goes on, over and over, does not make the allocator give memory back and fetch it again each time.
///
/// It belongs to one thread.
public final class BufferPool {
    private let capacity: Int
    private let spareLimit: Int
    private var spares: [UnsafeMutableRawPointer] = []

    /// - Parameters:
    ///   - capacity: bytes in each buffer.
    ///   - spareLimit: how many unused ones are kept.
    public init(capacity: Int, spareLimit: Int) {
        self.capacity = capacity
        self.spareLimit = spareLimit
        spares.reserveCapacity(spareLimit)
    }

    deinit {
        for memory in spares { memory.deallocate() }
    }

    /// An empty buffer, used before or new.
    public func take() -> Buffer {
        guard let memory = spares.popLast() else { return Buffer(capacity: capacity) }
        return Buffer(memory: memory, capacity: capacity)
    }

    /// Takes a buffer back, its bytes lost. One of another capacity is freed.
    public func give(_ buffer: consuming Buffer) {
        guard spares.count < spareLimit, buffer.capacity == capacity else { return }
        spares.append(buffer.surrenderMemory())
    }
}
