/// The request of a health check of type `http`, and which answers to it are a success.
public struct CheckRequestConfiguration: Equatable, Sendable {
    /// How it asks.
    public var method: CheckMethod
    /// What it asks for.
    public var path: String
    /// The `Host` field; nil for each server's own address.
    public var host: String?
    /// Further fields, in the file's order.
    public var fields: [CheckField]
    /// The statuses that are a success.
    public var expect: ClosedRange<Int>

    /// Makes a request; what is left out is the default.
    public init(
        method: CheckMethod = Defaults.healthMethod,
        path: String = Defaults.healthPath,
        host: String? = nil,
        fields: [CheckField] = [],
        expect: ClosedRange<Int> = Defaults.healthExpect
    ) {
        self.method = method
        self.path = path
        self.host = host
        self.fields = fields
        self.expect = expect
    }
}

/// The methods of checks: those that ask and change nothing (RFC 9110 section 9.2.1), for a check is repeated for
/// ever. Without TRACE, which servers refuse.
public enum CheckMethod: String, CaseIterable, Sendable {
    /// The usual one.
    case get = "GET"
    /// The same without content.
    case head = "HEAD"
    /// What HAProxy's `option httpchk` sends.
    case options = "OPTIONS"
}

/// A field of a check's request.
///
/// It prints without its value, which may be a password (`Authorization`): no log, message or dump can give it away.
public struct CheckField: Equatable, Sendable {
    /// Its name, as the file has it.
    public let name: String
    /// Its value. A secret, perhaps.
    public let value: String

    /// Makes a field; the reader of the file has the rules.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Why a check cannot have a field of this name; nil when it can.
    static func refusal(of name: String) -> String? {
        switch name.lowercased() {
        case "host": "write \"host\" beside \"fields\" instead"
        case "connection", "keep-alive", "proxy-connection", "te", "upgrade", "http2-settings":
            "a check has a connection of its own, which it closes"
        case "content-length", "transfer-encoding", "trailer", "expect": "a check has no body"
        default: nil
        }
    }
}

extension CheckField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its name, and that it has a value.
    public var description: String { "\(name): (set)" }

    /// The same.
    public var debugDescription: String { description }

    /// Nothing to look into, so that `dump` shows no more than a log.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
