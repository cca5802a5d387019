import HTTPWire

/// Makes values for `X-Request-ID`: unique among all instances, and cheap. They are names, not secrets.
final class RequestIdentifiers {
    /// Of the same instance.
    let mark: LoopMark
    /// All that stands before the number, with the mark: one write takes less than two.
    private let prefix: String
    private var count: UInt64 = 0

    init() {
        // Sixty-four random bits tell services, instances and their restarts apart.
        let instance = String(UInt64.random(in: UInt64(1) << 60 ... .max), radix: 16)
        mark = LoopMark(of: instance)
        prefix = "\(mark.line)X-Request-ID: \(instance)-"
    }

    /// Writes the mark and the field.
    func write(into writer: inout ByteWriter) {
        count += 1
        writer.write(prefix)
        writer.writeHexadecimal(count)
        writer.write("\r\n")
    }
}
