import HTTPWire
import Sockets

/// What a head becomes on its way through: written anew from what was understood, without the fields that
/// speak of one connection alone (RFC 9110 section 7.6.1), and with ours.
struct Forwarding {
    /// Whether the `X-Forwarded-` fields of a peer are believed.
    let trusts: (SocketAddress) -> Bool
    /// Whether connections to servers are kept for the next request; else the server is asked to close.
    let keepsServers: Bool
    private let identifiers = RequestIdentifiers()

    /// Whether a request that has marks has been here so often that it will come again and again.
    @inline(never) func isLoop(_ head: borrowing RequestHead, from bytes: Span<UInt8>) -> Bool {
        identifiers.mark.isLoop(head, from: bytes)
    }

    /// Writes a request's head as a server gets it.
    ///
    /// - Parameters:
    ///   - client: the client's address without its port, for `X-Forwarded-For`.
    ///   - protocols: those that the client would rather speak, as far as they are passed on.
    func writeRequest(
        _ head: borrowing RequestHead, from bytes: Span<UInt8>, client: ClientIdentity, protocols: [String],
        into writer: inout ByteWriter
    ) {
        writer.clear()
        writer.writeRequestLine(head, from: bytes)
        if let host = head.host {
            writer.writeField("Host", host, from: bytes)
        } else {
            // HTTP/1.0 may do without; 1.1, which we speak, may not.
            writer.writeField("Host", Self.unnamedHost)
        }
        let isTrusted = client.isTrusted
        let hasOwnCookie = DashboardCookie.isIn(head, bytes)
        writer.writeFields(head.fields, from: bytes) {
            Self.passes($0, bytes, fromTrusted: isTrusted) && !(hasOwnCookie && $0.known == .cookie)
        }
        if hasOwnCookie { DashboardCookie.writeOthers(head, from: bytes, into: &writer) }
        writeForwarded(head, from: bytes, client: client, into: &writer)
        if head.expectsContinue { writer.writeField("Expect", "100-continue") }
        if !protocols.isEmpty {
            writer.writeField("Connection", "upgrade")
            writer.writeField("Upgrade", protocols.joined(separator: ", "))
        } else if !keepsServers {
            ConnectionOption.close.write(into: &writer)
        }
        if head.framing != .none { writer.writeFraming(head.framing) }
        writer.endHead()
    }

    /// Writes a response's head as the client gets it.
    func writeResponse(
        _ head: borrowing ResponseHead, from bytes: Span<UInt8>, framing: ResponseFraming,
        into writer: inout ByteWriter
    ) {
        writer.clear()
        writer.writeStatusLine(head, from: bytes)
        if head.hasControlBytes {
            Self.writeCleaned(head.fields, from: bytes, into: &writer)
        } else {
            writer.writeFields(head.fields, from: bytes) { Self.passesToClient($0) }
        }
        // 426 says which protocols would do (RFC 9110 section 15.5.22).
        let offers = head.status == 426 && head.fields.contains { $0.known == .upgrade }
        switch framing {
        case .interim: break
        case .tunnel:
            writer.writeField("Connection", "upgrade")
            Self.writeOffers(head.fields, from: bytes, into: &writer)
        case .none(let declared, let connection):
            if let declared { writer.writeField("Content-Length", declared) }
            connection.write(into: &writer, offering: offers)
        case .length(let length, let connection):
            writer.writeField("Content-Length", length)
            connection.write(into: &writer, offering: offers)
        case .chunked(let connection):
            writer.writeFraming(.chunked)
            connection.write(into: &writer, offering: offers)
        case .untilClose:
            ConnectionOption.close.write(into: &writer, offering: offers)
        }
        if offers { Self.writeOffers(head.fields, from: bytes, into: &writer) }
        writer.endHead()
    }

    @inline(never) private static func writeOffers(
        _ fields: borrowing [HeadField], from bytes: Span<UInt8>, into writer: inout ByteWriter
    ) {
        for index in fields.indices where fields[index].known == .upgrade {
            writer.writeField(fields[index], from: bytes)
        }
    }

    /// What stands for a host where the client named none.
    private static let unnamedHost = "localhost"

    @inline(never) private static func writeCleaned(
        _ fields: borrowing [HeadField], from bytes: Span<UInt8>, into writer: inout ByteWriter
    ) {
        for index in fields.indices where passesToClient(fields[index]) {
            writer.writeWithoutControlBytes(fields[index], from: bytes)
        }
    }

    private static func passesToClient(_ field: HeadField) -> Bool {
        !field.known.isHopByHop && !field.isConnectionOption
    }

    private static func passes(_ field: HeadField, _ bytes: Span<UInt8>, fromTrusted isTrusted: Bool) -> Bool
    {
        guard !field.known.isHopByHop, !field.isConnectionOption else { return false }
        switch field.known {
        case .host, .expect, .alias, .xForwardedFor, .xRequestID: return false
        case .xForwardedProto, .xForwardedHost, .forwarded, .xForwardedPort, .xRealIP:
            return isTrusted && saysSomething(field, bytes)
        case .cdnLoop: return saysSomething(field, bytes)
        default: return true
        }
    }

    /// An empty field says nothing, and no more does a list whose members are all empty (RFC 9110 section 5.6.1.2; those of
    /// `Forwarded` end in a semicolon, RFC 7239 section 4): it is as if it were not there.
    private static func saysSomething(_ field: HeadField, _ bytes: Span<UInt8>) -> Bool {
        for index in field.value.indices {
            switch bytes[index] {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"): continue
            default: return true
            }
        }
        return false
    }

    private static func hasPassed(_ name: FieldName, _ head: borrowing RequestHead, _ bytes: Span<UInt8>)
        -> Bool
    {
        for index in head.fields.indices where head.fields[index].known == name {
            if passes(head.fields[index], bytes, fromTrusted: true) { return true }
        }
        return false
    }

    private func writeForwarded(
        _ head: borrowing RequestHead, from bytes: Span<UInt8>, client: ClientIdentity,
        into writer: inout ByteWriter
    ) {
        writeForwardedFor(head, from: bytes, client: client, into: &writer)
        if !client.isTrusted || !Self.hasPassed(.xForwardedProto, head, bytes) {
            writer.write("X-Forwarded-Proto: http\r\n")
        }
        if !client.isTrusted || !Self.hasPassed(.xForwardedHost, head, bytes), let host = head.host {
            writer.writeField("X-Forwarded-Host", host, from: bytes)
        }
        if client.isTrusted, let identifier = Self.identifier(of: head, bytes) {
            writer.write(identifiers.mark.line)
            writer.writeField(identifier, from: bytes)
        } else {
            identifiers.write(into: &writer)
        }
    }

    /// The first `X-Request-ID` that says something.
    private static func identifier(of head: borrowing RequestHead, _ bytes: Span<UInt8>) -> HeadField? {
        for index in head.fields.indices where head.fields[index].known == .xRequestID {
            let field = head.fields[index]
            if !field.isConnectionOption, saysSomething(field, bytes) { return field }
        }
        return nil
    }

    /// Whom a trusted peer names, and then itself, if it has an address. A list, whose empty members mean nothing
    /// (RFC 9110 section 5.6.1.2).
    private func writeForwardedFor(
        _ head: borrowing RequestHead, from bytes: Span<UInt8>, client: ClientIdentity,
        into writer: inout ByteWriter
    ) {
        let name = "X-Forwarded-For"
        guard client.isTrusted else {
            if client.hasAddress { writer.writeField(name, client.address) }
            return
        }
        var hasBegun = false
        for index in head.fields.indices where head.fields[index].known == .xForwardedFor {
            var members = ListElements(head.fields[index].value)
            while let member = members.next(bytes) {
                guard !member.isEmpty else { continue }
                writer.write(hasBegun ? ", " : "X-Forwarded-For: ")
                writer.write(bytes, member)
                hasBegun = true
            }
        }
        guard hasBegun else {
            if client.hasAddress { writer.writeField(name, client.address) }
            return
        }
        if client.hasAddress {
            writer.write(", ")
            writer.write(client.address)
        }
        writer.write("\r\n")
    }
}

/// Who a client is, as far as it is passed on.
struct ClientIdentity {
    /// The IP address, without the port; a word where there is none.
    var address: String
    /// Whether it has one: who comes over a Unix socket has not.
    var hasAddress = true
    /// Whether it may say who came before it.
    var isTrusted: Bool
}

/// What our answer says about its connection.
enum ConnectionOption {
    /// HTTP/1.1's silence: it goes on.
    case goesOn
    /// An HTTP/1.0 client wants to be told that it goes on.
    case keepAlive
    /// It ends with this answer.
    case close

    /// One field, which names an `Upgrade` field too where one offers protocols.
    func write(into writer: inout ByteWriter, offering: Bool = false) {
        switch self {
        case .goesOn: if offering { writer.writeField("Connection", "upgrade") }
        case .keepAlive: writer.writeField("Connection", offering ? "keep-alive, upgrade" : "keep-alive")
        case .close: writer.writeField("Connection", offering ? "close, upgrade" : "close")
        }
    }
}

/// How a response is framed towards the client.
enum ResponseFraming {
    /// 1xx: another head follows.
    case interim
    /// 101: what follows is no HTTP.
    case tunnel
    /// Without a body; a length describes the one that there would be (HEAD, 304).
    case none(declared: UInt64?, ConnectionOption)
    case length(UInt64, ConnectionOption)
    case chunked(ConnectionOption)
    case untilClose
}
