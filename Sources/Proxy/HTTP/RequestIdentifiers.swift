import HTTPWire

/// Makes values for `X-Request-ID`: unique among all instances, and cheap. They are names, not secrets.
final class RequestIdentifiers {
    /// All that stands before the number: one write takes less than two.
    private let prefix: String
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - instance: tells these identifiers from all others'.
    ///   - line: the lines that are written before the field.
    init(of instance: String = newInstance(), behind line: String = "") {
        prefix = "\(line)X-Request-ID: \(instance)-"
    }

    /// Sixty-four random bits tell services, instances and their restarts apart.
    static func newInstance() -> String { String(UInt64.random(in: UInt64(1) << 60 ... .max), radix: 16) }

    func write(into writer: inout ByteWriter) {
        count += 1
        writer.write(prefix)
        writer.writeHexadecimal(count)
        writer.write("\r\n")
    }
}
