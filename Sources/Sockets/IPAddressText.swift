import Glibc

/// Asks the system whether a text is an IP address, so that no second opinion about it exists.
///
/// inet_pton(3) reads up to a zero byte, so a text that has one is asked about no further.
enum IPAddressText {
    static func isIPv4(_ text: String) -> Bool { ipv4(text) != nil }

    static func isIPv6(_ text: String) -> Bool { ipv6(text) != nil }

    /// The address as a number of 128 bits, an IPv4 one as it is mapped into IPv6; nil for any other text.
    static func bits(of text: String) -> UInt128? {
        ipv4(text).map(bits) ?? ipv6(text).map(bits)
    }

    /// The number of a mapped IPv4 address (RFC 4291 section 2.5.5.2).
    static func bits(of address: in_addr) -> UInt128 {
        mappedNetwork | UInt128(UInt32(bigEndian: address.s_addr))
    }

    /// The number of an IPv6 address.
    static func bits(of address: in6_addr) -> UInt128 {
        withUnsafeBytes(of: address) { $0.reduce(0) { bits, byte in bits << 8 | UInt128(byte) } }
    }

    /// Whether a number stands for an IPv4 address.
    static func isMapped(_ bits: UInt128) -> Bool { bits >> 32 == mappedNetwork >> 32 }

    /// The shortest text of a number (RFC 5952 section 4), in IPv4's form or in IPv6's.
    static func text(of bits: UInt128, asIPv4: Bool) -> String {
        guard !asIPv4 else { return text(of: in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        var address = bits.bigEndian
        inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The text of an IPv4 address. Each HTTP client has its own made, and inet_ntop(3) would ask printf(3) for it.
    static func text(of address: in_addr) -> String {
        let bits = UInt32(bigEndian: address.s_addr)
        return String(unsafeUninitializedCapacity: 15) { text in
            var count = 0
            func append(_ byte: UInt32) {
                text.initializeElement(at: count, to: UInt8(truncatingIfNeeded: byte))
                count += 1
            }
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                let part = bits >> shift & 0xFF
                if part >= 100 { append(0x30 + part / 100) }
                if part >= 10 { append(0x30 + part / 10 % 10) }
                append(0x30 + part % 10)
                if shift > 0 { append(0x2E) }
            }
            return count
        }
    }

    /// ::ffff:0:0/96, which holds every IPv4 address.
    private static let mappedNetwork: UInt128 = 0xFFFF << 32

    private static func ipv4(_ text: String) -> in_addr? {
        var address = in_addr()
        return !text.utf8.contains(0) && inet_pton(AF_INET, text, &address) == 1 ? address : nil
    }

    private static func ipv6(_ text: String) -> in6_addr? {
        var address = in6_addr()
        return !text.utf8.contains(0) && inet_pton(AF_INET6, text, &address) == 1 ? address : nil
    }
}
