/// Reads the extensions behind a chunk's size (RFC 9112, section 7.1.1) for their grammar alone: nobody knows one.
///
///     chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
struct ChunkExtensions {
    private enum State: UInt8 {
        case beforeName, name, afterName, beforeValue, value, quoted, quotedPair, quotedEnd, afterValue
    }

    private var state = State.beforeName

    /// Whether the line may end here.
    var mayEnd: Bool { state == .name || state == .value || state == .quotedEnd }

    /// Whether only blanks stand between here and a place where it might end.
    var endsWithBlanks: Bool { state == .afterName || state == .afterValue }

    /// Takes a byte that ends no line; false when it cannot stand there.
    mutating func take(_ byte: UInt8) -> Bool {
        guard let next = next(byte) else { return false }
        state = next
        return true
    }

    private func next(_ byte: UInt8) -> State? {
        switch state {
        case .beforeName: ByteClass.isSpace(byte) ? .beforeName : ByteClass.isToken(byte) ? .name : nil
        case .name: ByteClass.isToken(byte) ? .name : behindName(byte)
        case .afterName: behindName(byte)
        case .beforeValue:
            switch byte {
            case UInt8(ascii: "\""): .quoted
            case ByteClass.space, ByteClass.tab: .beforeValue
            default: ByteClass.isToken(byte) ? .value : nil
            }
        case .value: ByteClass.isToken(byte) ? .value : behindValue(byte)
        case .quoted:
            switch byte {
            case UInt8(ascii: "\""): .quotedEnd
            case UInt8(ascii: "\\"): .quotedPair
            default: ByteClass.isText(byte) ? .quoted : nil
            }
        case .quotedPair: ByteClass.isText(byte) ? .quoted : nil
        case .quotedEnd, .afterValue: behindValue(byte)
        }
    }

    private func behindName(_ byte: UInt8) -> State? {
        switch byte {
        case ByteClass.space, ByteClass.tab: .afterName
        case UInt8(ascii: "="): .beforeValue
        case UInt8(ascii: ";"): .beforeName
        default: nil
        }
    }

    private func behindValue(_ byte: UInt8) -> State? {
        switch byte {
        case ByteClass.space, ByteClass.tab: .afterValue
        case UInt8(ascii: ";"): .beforeName
        default: nil
        }
    }
}
