/// Requests that ended, by their outcome, and what they moved.
public struct Tally: Equatable, Sendable {
    /// See ``Outcome/succeeded``.
    public internal(set) var succeeded: UInt64 = 0
    /// See ``Outcome/failed``.
    public internal(set) var failed: UInt64 = 0
    /// See ``Outcome/refused``.
    public internal(set) var refused: UInt64 = 0
    /// See ``Outcome/aborted``.
    public internal(set) var aborted: UInt64 = 0
    /// Bytes of content that went to clients.
    public internal(set) var bytesToClients: UInt64 = 0
    /// Bytes of content that went to servers.
    public internal(set) var bytesToServers: UInt64 = 0

    /// All zero.
    public init() {}

    /// All that ended.
    public var requests: UInt64 { succeeded + failed + refused + aborted }

    /// Of those that succeeded or failed, the share that succeeded; nil before the first. What clients did
    /// wrong or broke off says nothing of the servers.
    public var successRatio: Double? {
        let judged = succeeded + failed
        return judged == 0 ? nil : Double(succeeded) / Double(judged)
    }

    /// Counts one request.
    mutating func count(_ measurement: Measurement) {
        switch measurement.outcome {
        case .succeeded: succeeded &+= 1
        case .failed: failed &+= 1
        case .refused: refused &+= 1
        case .aborted: aborted &+= 1
        }
        bytesToClients &+= measurement.bytesToClient
        bytesToServers &+= measurement.bytesToServer
    }

    /// The sum of two.
    public static func + (left: Tally, right: Tally) -> Tally {
        var sum = left
        sum += right
        return sum
    }

    /// Adds another.
    public static func += (left: inout Tally, right: Tally) {
        left.succeeded &+= right.succeeded
        left.failed &+= right.failed
        left.refused &+= right.refused
        left.aborted &+= right.aborted
        left.bytesToClients &+= right.bytesToClients
        left.bytesToServers &+= right.bytesToServers
    }
}
