import HTTPWire

/// Makes values for `X-Request-ID`: unique among all instances, and cheap. They are names, not secrets.
final class RequestIdentifiers {
    /// Sixty-four random bits tell instances and their restarts apart.
    private let prefix: UInt64
    private var count: UInt64 = 0

    init() {
        prefix = UInt64.random(in: UInt64(1) << 60 ... .max)
    }

    func write(into writer: inout ByteWriter) {
        count += 1
        writer.write("X-Request-ID: ")
        writer.writeHexadecimal(prefix)
        writer.write("-")
        writer.writeHexadecimal(count)
        writer.write("\r\n")
    }
}
