import Glibc

/// Asks the system whether a text is an IP address, so that no second opinion about it exists.
///
/// inet_pton(3) reads up to a zero byte, so a text that has one is asked about no further.
enum IPAddressText {
    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return !text.utf8.contains(0) && inet_pton(AF_INET, text, &address) == 1
    }

    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return !text.utf8.contains(0) && inet_pton(AF_INET6, text, &address) == 1
    }
}
