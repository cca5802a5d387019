/// Content that takes long to make: it is made in pieces, between which the loop does other work, and kept in memory
/// once however many clients it is sent to.
public final class HTTPServerContent {
    private let pieces: AnyIterator<[UInt8]>
    /// Told once when all pieces are made.
    public var onWhole: (() -> Void)?
    /// Whether all pieces are made.
    public private(set) var isWhole = false
    /// How many pieces are made.
    public private(set) var pieceCount = 0
    /// What is made so far.
    public private(set) var bytes: [UInt8] = []

    /// Content of the pieces that an iterator makes, each of which should take less than a millisecond.
    public init(_ pieces: AnyIterator<[UInt8]>) {
        self.pieces = pieces
    }

    /// Makes the next piece, or finds that there is none.
    public func makePiece() {
        guard !isWhole else { return }
        guard let piece = pieces.next() else {
            isWhole = true
            onWhole?()
            return
        }
        pieceCount += 1
        bytes += piece
    }
}
