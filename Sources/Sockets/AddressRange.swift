import Glibc

/// An IP address, or a network of them, as a person writes it: `10.0.0.7`, `10.0.0.0/8`, `::1` or
/// `2001:db8::/32` (RFC 4632 section 3.1, RFC 4291 section 2.3).
///
/// An IPv4 address counts as the IPv6 address that it is mapped to (RFC 4291 section 2.5.5.2), so it
/// makes no difference whether a client came to an IPv4 or to a dual-stack listener. `::/0` is
/// everybody, `0.0.0.0/0` everybody with IPv4.
///
/// `unix` is everybody who comes over a Unix socket.
public struct AddressRange: Hashable, Sendable {
    /// What stands for those who have no address.
    private static let unixWord = "unix"

    /// It is of those who come over a Unix socket, and of nobody else.
    private let isUnix: Bool
    /// The first address, as a number.
    private let network: UInt128
    /// How many bits all addresses share, of 128.
    private let prefix: Int

    /// Reads a range from its text.
    ///
    /// - Throws: ``AddressRangeError`` that says what is wrong and what would be right.
    public init(_ text: String) throws(AddressRangeError) {
        isUnix = text == Self.unixWord
        guard !isUnix else {
            (network, prefix) = (0, 0)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let host = String(parts.first ?? "")
        guard !text.isEmpty else { throw AddressRangeError(text: text, problem: "it is empty") }
        guard let bits = IPAddressText.bits(of: host) else {
            throw AddressRangeError(
                text: text, problem: "it starts with neither an IPv4 nor an IPv6 address")
        }
        let isIPv6 = host.contains(":")
        prefix = parts.count == 2 ? try Self.readPrefix(parts[1], of: text, isIPv6: isIPv6) : Self.width
        network = bits & Self.mask(prefix)
        guard network == bits else {
            throw AddressRangeError(
                text: text,
                problem: "it has bits below its prefix; write \(self), or \(host) for the one address")
        }
    }

    /// Whether a client or a server with this address is within.
    public func contains(_ address: SocketAddress) -> Bool {
        if isUnix { return address.family == AF_UNIX }
        return address.ipBits.map(contains) ?? false
    }

    /// The network with that prefix, or the one address.
    init(network: UInt128, prefix: Int = width) {
        self.init(isUnix: false, network: network, prefix: prefix)
    }

    private init(isUnix: Bool, network: UInt128, prefix: Int) {
        self.isUnix = isUnix
        self.network = network
        self.prefix = prefix
    }

    /// What comes to a listener on that address: to a wildcard all of IPv4, or of both (``ListeningSocket``).
    init(listeningOn address: SocketAddress) {
        guard let bits = address.ipBits else {
            self.init(isUnix: true, network: 0, prefix: 0)
            return
        }
        let isIPv4Wildcard = IPAddressText.isMapped(bits) && bits & ~Self.mask(Self.mappedPrefix) == 0
        self.init(network: bits, prefix: bits == 0 ? 0 : isIPv4Wildcard ? Self.mappedPrefix : Self.width)
    }

    /// Whether it is of one IP address alone.
    var isSingle: Bool { !isUnix && prefix == Self.width }

    /// Whether an IP address is within, by its number.
    func contains(_ bits: UInt128) -> Bool { !isUnix && bits & Self.mask(prefix) == network }

    /// Whether an address is in both.
    func overlaps(_ other: AddressRange) -> Bool {
        guard !isUnix, !other.isUnix else { return isUnix && other.isUnix }
        return prefix <= other.prefix ? contains(other.network) : other.contains(network)
    }

    /// Of an IPv6 address, in bits.
    private static let width = 128
    /// In front of a mapped IPv4 address, in bits.
    private static let mappedPrefix = 96

    private static func mask(_ prefix: Int) -> UInt128 { ~0 << (width - prefix) }

    /// A leading zero is octal to some, so it is refused, as in a port.
    private static func readPrefix(
        _ digits: Substring, of text: String, isIPv6: Bool
    ) throws(AddressRangeError) -> Int {
        let longest = isIPv6 ? width : width - mappedPrefix
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber, digits == "0" || digits.first != "0", let prefix = Int(digits), prefix <= longest
        else {
            let family = isIPv6 ? "IPv6" : "IPv4"
            throw AddressRangeError(
                text: text, problem: "the prefix of an \(family) network is a number from 0 to \(longest)")
        }
        return isIPv6 ? prefix : prefix + mappedPrefix
    }
}

extension AddressRange: CustomStringConvertible {
    /// The shortest form, which reads back as the same range; mapped IPv4 addresses as IPv4.
    public var description: String {
        if isUnix { return Self.unixWord }
        let isIPv4 = prefix >= Self.mappedPrefix && IPAddressText.isMapped(network)
        let host = IPAddressText.text(of: network, asIPv4: isIPv4)
        return prefix == Self.width ? host : "\(host)/\(isIPv4 ? prefix - Self.mappedPrefix : prefix)"
    }
}

/// A text that is no range of addresses.
public struct AddressRangeError: Error, Equatable, CustomStringConvertible {
    /// What was written.
    public let text: String
    /// What is wrong with it.
    public let problem: String

    /// The forms that would be right, for the end of an error message.
    public static let forms = "an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix"

    /// The whole message, in one line.
    public var description: String {
        "\"\(text)\" is not an address range: \(problem) (a range is \(Self.forms))"
    }
}
