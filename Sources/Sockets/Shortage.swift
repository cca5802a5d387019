import Glibc

/// What this machine lacked for a connection, so that its peer is not to blame. The raw value is the stable word of
/// logs, metrics and answers.
public enum Shortage: String, CaseIterable, Sendable {
    /// The process or the system has no file descriptor left (EMFILE, ENFILE).
    case descriptors = "out_of_descriptors"
    /// No local port is free for one more connection to that address, or no local address leads there (EADDRNOTAVAIL).
    case ports = "out_of_ports"
    /// The kernel has no memory or buffer left (ENOMEM, ENOBUFS).
    case memory = "out_of_memory"
    /// No way leads to the peer's network (ENETUNREACH, ENETDOWN).
    case network = "network_unreachable"
    /// A packet filter or a file's permissions forbid it (EPERM, EACCES).
    case permission = "not_permitted"

    /// In words, to stand behind a colon.
    public var sentence: String {
        switch self {
        case .descriptors: "no file descriptor is left"
        case .ports: "no local port or address is free"
        case .memory: "the system has no memory left"
        case .network: "the network cannot be reached from here"
        case .permission: "this machine does not permit it"
        }
    }

    /// What helps, for an operator, who in mode http may have connections kept.
    public func advice(canKeepConnections: Bool) -> String {
        switch self {
        case .descriptors: "raise the limit of open files, or lower limits.connections"
        case .ports:
            (canKeepConnections ? "keep connections to the servers (limits.kept_connections), or " : "")
                + "widen net.ipv4.ip_local_port_range"
        case .memory: "look at the memory of the machine, and at net.ipv4.tcp_mem"
        case .network: "look at the routes and interfaces of this machine"
        case .permission: "look at the packet filter, and at the permissions of a Unix socket's file"
        }
    }
}

extension SystemError {
    /// What this machine lacked; nil when the error is about something else.
    public var shortage: Shortage? {
        switch code {
        case EMFILE, ENFILE: .descriptors
        case EADDRNOTAVAIL: .ports
        case ENOMEM, ENOBUFS: .memory
        case ENETUNREACH, ENETDOWN: .network
        case EPERM, EACCES: .permission
        default: nil
        }
    }

    /// Whether another address of the same peer may take the connection.
    public var mayHelpElsewhere: Bool {
        switch shortage {
        case .descriptors, .memory: false
        case .ports, .network, .permission, nil: true
        }
    }

    /// Whether a failure to connect says nothing about the peer: no other one could be reached either, for now.
    /// A network that cannot be reached, and what is not permitted, are about one peer as well.
    public var saysNothingOfPeer: Bool {
        switch shortage {
        case .descriptors, .ports, .memory: true
        case .network, .permission: false
        // The backlog of a Unix socket is full, which says that its server is busy, not down.
        case nil: code == EAGAIN
        }
    }
}
