import Glibc

/// Tells systemd how the service fares (sd_notify(3)), for units of `Type=notify`.
///
/// The protocol is one datagram to the Unix socket that `$NOTIFY_SOCKET` names. Without that variable
/// nothing is sent, so the same program runs in a terminal.
public enum ServiceManager {
    /// What systemd is told.
    public enum State: String, Sendable {
        /// The service is up: its listeners are bound.
        case ready = "READY=1"
        /// The service is on its way down.
        case stopping = "STOPPING=1"
    }

    /// Sends a state; a manager that does not listen is no reason to fail.
    public static func notify(_ state: State) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else { return }
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        defer { close(number) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ is in the abstract namespace, where the first byte is zero.
        let name = path.hasPrefix("@") ? [0] + path.utf8.dropFirst() : Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t((MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + name.count)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(
                    number, state.rawValue, state.rawValue.utf8.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
