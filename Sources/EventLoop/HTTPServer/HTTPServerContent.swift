import CLibevent

/// Content that takes long to make: it is made in pieces, between which the loop does other work, and kept in memory
/// once however many clients it is sent to.
public final class HTTPServerContent {
    private let pieces: AnyIterator<[UInt8]>
    private let buffer = evbuffer_new()
    /// Told once when all pieces are made.
    public var onWhole: (() -> Void)?
    /// Whether all pieces are made.
    public private(set) var isWhole = false
    /// How many pieces are made.
    public private(set) var pieceCount = 0

    /// Content of the pieces that an iterator makes, each of which should take less than a millisecond.
    public init(_ pieces: AnyIterator<[UInt8]>) {
        self.pieces = pieces
    }

    deinit {
        if let buffer { evbuffer_free(buffer) }
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
        if let buffer { evbuffer_add(buffer, piece, piece.count) }
    }

    /// Bytes so far.
    public var count: Int { buffer.map { evbuffer_get_length($0) } ?? 0 }

    /// Appends the content, which is whole, without copying it.
    func append(to other: OpaquePointer) {
        if let buffer { evbuffer_add_buffer_reference(other, buffer) }
    }
}
