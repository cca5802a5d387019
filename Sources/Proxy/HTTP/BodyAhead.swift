import HTTPWire

/// Looks for the end of a chunked body in the bytes that came with its head. It goes on where it stopped.
///
/// An object, so that a request without one, as nearly all are, carries a mere reference.
final class BodyAhead {
    private var reader = BodyReader(.chunked)
    private var position: Int
    /// Whether the body is over, and well formed.
    var isWhole: Bool { reader.isDone }
    /// Whether more bytes of it are wanted. A malformed body is none that its rest could mend.
    var isAwaited = true

    /// - Parameter start: where the body begins, behind the head.
    init(from start: Int) {
        position = start
    }

    /// Looks at what is new in the bytes, which begin with the head.
    func read(_ bytes: Span<UInt8>) {
        while isAwaited {
            switch reader.next(bytes, from: position) {
            case .payload(let range): position = range.upperBound
            case .needMore(let consumed):
                position = consumed
                return
            case .end, .invalid: isAwaited = false
            }
        }
    }
}
