/// Heads and chunks, written from what was understood of a message and never from its raw bytes.
extension ByteWriter {
    /// Writes a request line (RFC 9112, section 3) for the origin that a request is sent on to: the
    /// method as it was, the target in origin form, and our version.
    public mutating func writeRequestLine(_ head: borrowing RequestHead, from bytes: Span<UInt8>) {
        if head.target.form == .absolute {
            write(bytes, head.methodName)
            write(ByteClass.space)
            writeTarget(head.target, method: head.method, from: bytes)
            endRequestLine(Span())
        } else {
            // One space lies between the two, and nothing else.
            endRequestLine(bytes.extracting(Int(head.methodName.start)..<Int(head.target.text.end)))
        }
    }

    /// Writes a request line of one's own.
    public mutating func writeRequestLine(_ method: HTTPMethod, _ target: String) {
        write(method.text)
        write(ByteClass.space)
        endRequestLine(target.utf8.span)
    }

    /// Writes a target in origin form (RFC 9112, section 3.2.1). An absolute target without a path gets
    /// `/`, or `*` with OPTIONS (section 3.2.4).
    public mutating func writeTarget(_ target: RequestTarget, method: HTTPMethod, from bytes: Span<UInt8>) {
        if target.path.isEmpty {
            write(method == .options ? UInt8(ascii: "*") : UInt8(ascii: "/"))
            return
        }
        if bytes[Int(target.path.start)] == UInt8(ascii: "?") { write(UInt8(ascii: "/")) }
        write(bytes, target.path)
    }

    /// Writes a status line (RFC 9112, section 4).
    public mutating func writeStatusLine(_ status: Int, _ reasonPhrase: String) {
        writeStatusLine(status, reasonPhrase.utf8.span)
    }

    /// Writes the status line of a response that is sent on, in our version.
    public mutating func writeStatusLine(_ head: borrowing ResponseHead, from bytes: Span<UInt8>) {
        writeStatusLine(head.status, bytes.extracting(head.reasonPhrase.indices))
    }

    /// Writes a field as it was read, in canonical form: one space after the colon.
    public mutating func writeField(_ field: HeadField, from bytes: Span<UInt8>) {
        if field.isCanonical(in: bytes) {
            writeLine(bytes.extracting(Int(field.name.start)..<Int(field.value.end)))
        } else {
            writeLine(bytes.extracting(field.name.indices), bytes.extracting(field.value.indices))
        }
    }

    /// Writes a field as it was read, but for control bytes in its value: each becomes a question mark.
    public mutating func writeWithoutControlBytes(_ field: HeadField, from bytes: Span<UInt8>) {
        write(bytes, field.name)
        write(": ")
        for index in field.value.indices {
            write(ByteClass.isText(bytes[index]) ? bytes[index] : UInt8(ascii: "?"))
        }
        endLine()
    }

    /// Writes those of a head's fields that pass, as ``writeField(_:from:)`` does. Lines that are in canonical form
    /// and side by side are written in one piece.
    @inlinable public mutating func writeFields(
        _ fields: borrowing [HeadField], from bytes: Span<UInt8>, where passes: (HeadField) -> Bool
    ) {
        var start = 0
        var end = 0
        for index in fields.indices {
            let field = fields[index]
            guard passes(field) else { continue }
            let isCanonical = field.isCanonical(in: bytes)
            // A line's end lies between the two, and nothing else.
            if isCanonical, start < end, Int(field.name.start) == end &+ 2 {
                end = Int(field.value.end)
                continue
            }
            if start < end { writeLine(bytes.extracting(start..<end)) }
            if isCanonical {
                start = Int(field.name.start)
                end = Int(field.value.end)
            } else {
                end = start
                writeField(field, from: bytes)
            }
        }
        if start < end { writeLine(bytes.extracting(start..<end)) }
    }

    /// Writes a field with a value of ours. A byte that may not stand in a value, such as a line feed, is
    /// written as a question mark, so that no text can begin a field of its own.
    public mutating func writeField(_ name: String, _ value: String) {
        let bytes = value.utf8.span
        if ByteScan.endOfText(bytes, 0) == bytes.count {
            writeLine(name.utf8.span, bytes)
        } else {
            write(name)
            write(": ")
            for byte in value.utf8 { write(ByteClass.isText(byte) ? byte : UInt8(ascii: "?")) }
            endLine()
        }
    }

    /// Writes a field with a piece of a message as value.
    public mutating func writeField(_ name: String, _ value: ByteRange, from bytes: Span<UInt8>) {
        writeLine(name.utf8.span, bytes.extracting(value.indices))
    }

    /// Writes a field with a number as value.
    public mutating func writeField(_ name: String, _ value: UInt64) {
        let number = DecimalDigits(value)
        writeLine(name.utf8.span, number.count) { $0.put(number, at: $1) }
    }

    /// Writes the fields that frame a body (RFC 9112, section 6). Nothing for `none` and `untilClose`.
    public mutating func writeFraming(_ framing: BodyFraming) {
        switch framing {
        case .contentLength(let length): writeField("Content-Length", length)
        case .chunked: write("Transfer-Encoding: chunked\r\n")
        case .none, .untilClose: break
        }
    }

    /// Ends a head, or the trailers.
    public mutating func endHead() { endLine() }

    /// Writes what comes before the bytes of a chunk (RFC 9112, section 7.1). The size is not zero: that
    /// would end the body.
    public mutating func beginChunk(_ size: Int) {
        writeHexadecimal(UInt64(max(size, 0)))
        endLine()
    }

    /// Writes what comes after the bytes of a chunk.
    public mutating func endChunk() { endLine() }

    /// Writes the last chunk. Trailers may follow, and then `endHead()`.
    public mutating func writeLastChunk() { write("0\r\n") }
}

/// Lines, each written by one call.
extension ByteWriter {
    private mutating func endRequestLine(_ bytes: Span<UInt8>) {
        let size = bytes.count
        append(size &+ 11) { line in
            line.put(bytes, at: 0)
            line[size] = ByteClass.space
            line.putVersion(at: size &+ 1)
            line.putLineEnd(at: size &+ 9)
        }
    }

    private mutating func writeStatusLine(_ status: Int, _ reasonPhrase: Span<UInt8>) {
        let code = DecimalDigits(UInt64(max(status, 0)))
        let size = code.count &+ reasonPhrase.count &+ 12
        append(size) { line in
            line.putVersion(at: 0)
            line[8] = ByteClass.space
            line.put(code, at: 9)
            line[code.count &+ 9] = ByteClass.space
            line.put(reasonPhrase, at: code.count &+ 10)
            line.putLineEnd(at: size &- 2)
        }
    }

    private mutating func endLine() { append(2) { $0.putLineEnd(at: 0) } }

    /// Writes these bytes and ends the line behind them.
    @usableFromInline mutating func writeLine(_ bytes: Span<UInt8>) {
        append(bytes.count &+ 2) { line in
            line.put(bytes, at: 0)
            line.putLineEnd(at: bytes.count)
        }
    }

    /// Writes a field's line.
    private mutating func writeLine(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        writeLine(name, value.count) { $0.put(value, at: $1) }
    }

    /// Writes a field's line, whose value `putValue` puts at a place where there is room for so many bytes.
    @inline(__always) private mutating func writeLine(
        _ name: Span<UInt8>, _ valueSize: Int, _ putValue: (inout MutableSpan<UInt8>, Int) -> Void
    ) {
        let size = name.count &+ valueSize &+ 4
        append(size) { line in
            line.put(name, at: 0)
            line.putNameEnd(at: name.count)
            putValue(&line, name.count &+ 2)
            line.putLineEnd(at: size &- 2)
        }
    }
}
