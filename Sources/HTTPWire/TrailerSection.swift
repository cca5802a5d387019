/// The fields after the last chunk (RFC 9112, section 7.1.2), with the empty line that ends the body.
struct TrailerSection {
    /// The fields so far; their ranges count from the section's first byte.
    private(set) var fields: [HeadField] = []
    private var scanner = FieldScanner(limit: HeadLimits.trailers.fields)
    private var position = 0

    mutating func reset() {
        fields.removeAll(keepingCapacity: true)
        scanner = FieldScanner(limit: HeadLimits.trailers.fields)
        position = 0
    }

    /// Reads on in a section that begins at `start` of the bytes, and gives the index behind it when it
    /// is whole. A field that must be known before a body is refused (RFC 9110, section 6.5.1).
    mutating func read(_ bytes: Span<UInt8>, _ start: Int) throws(HTTPViolation) -> Int? {
        let section = bytes.extracting(start..<min(bytes.count, start + HeadLimits.trailers.headBytes))
        let names = FieldNameTable.shared
        while let field = try scanner.next(section, &position, names) {
            guard !field.known.isForbiddenInTrailers else { throw .forbiddenTrailer }
            fields.append(field)
        }
        guard scanner.isDone || position < HeadLimits.trailers.headBytes else { throw .trailersTooLarge }
        return scanner.isDone ? start + position : nil
    }
}
