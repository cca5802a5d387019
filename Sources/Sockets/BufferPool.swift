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
        freeSpares()
    }

    /// Gives unused memory back.
    public func freeSpares() {
        for memory in spares { memory.deallocate() }
        spares.removeAll(keepingCapacity: true)
    }

    /// An empty buffer, used before or new; nil when memory is short.
    public func take() -> Buffer? {
        if let memory = spares.popLast() { return Buffer(memory: memory, capacity: capacity) }
        return MemoryReserve.isAmple ? Buffer(capacity: capacity) : nil
    }

    /// Takes a buffer back, its bytes lost. One of another capacity is freed, and so is each while memory is short.
    public func give(_ buffer: consuming Buffer) {
        guard spares.count < spareLimit, buffer.capacity == capacity, MemoryReserve.isAmple else { return }
        spares.append(buffer.surrenderMemory())
    }
}
