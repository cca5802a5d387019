import HTTPWire

/// Makes values for `X-Request-ID`: unique among all instances, and cheap. They are names, not secrets.
final class RequestIdentifiers {
    /// Sixty-four random bits tell instances and their restarts apart.
    private let prefix: String
    private var count: UInt64 = 0

    init() {
        let instance = UInt64.random(in: UInt64(1) << 60 ... .max)
        prefix = "X-Request-ID: \(String(instance, radix: 16))-"
    }

    func write(into writer: inout ByteWriter) {
        count += 1
        writer.write(prefix)
        writer.writeHexadecimal(count)
        writer.write("\r\n")
    }
}
