/// Lends a bounded number of pipes, and keeps a few for reuse, because making one costs several calls.
///
/// It belongs to one thread.
public final class PipePool {
    /// The right to have one of the pool's pipes open.
    final class Permit {
        private let tally: Tally

        fileprivate init(_ tally: Tally) {
            self.tally = tally
            tally.open += 1
        }

        deinit {
            tally.open -= 1
        }
    }

    fileprivate final class Tally {
        var open = 0
    }

    private let capacity: Int
    private let limit: Int
    private let spareLimit: Int
    private let tally = Tally()
    private var spares: [Pipe] = []

    /// How many pipes are open, spare ones too; each has two descriptors.
    public var open: Int { tally.open }

    /// - Parameters:
    ///   - capacity: bytes that a pipe holds.
    ///   - limit: how many may be open at once.
    ///   - spareLimit: how many unused ones are kept.
    public init(capacity: Int, limit: Int, spareLimit: Int) {
        self.capacity = capacity
        self.limit = limit
        self.spareLimit = spareLimit
    }

    /// An empty pipe; nil when all are lent, or the system has none.
    public func take() -> Pipe? {
        if let spare = spares.popLast() { return spare }
        guard tally.open < limit else { return nil }
        return Pipe(capacity: capacity, permit: Permit(tally))
    }

    /// Takes a pipe back. One with bytes in it, whose connection is over, is closed.
    public func give(_ pipe: Pipe) {
        guard pipe.isEmpty, spares.count < spareLimit else { return }
        spares.append(pipe)
    }
}
