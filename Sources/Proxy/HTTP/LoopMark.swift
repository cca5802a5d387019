import HTTPWire

/// What a service writes on each request, to know it again when a server sends it back: a member of `CDN-Loop` (RFC
/// 8586), which proxies pass on and add to. It is written on each request and looked for only where the field came.
///
/// `Via` (RFC 9110 section 7.6.3) would do, but nginx as a server does not compress for a request that has it.
struct LoopMark {
    /// How often a request may come to a service. A server that asks the same service something on behalf of a request,
    /// as nginx's `auth_request` does, copies its fields, so the second time is none; a loop costs a few connections.
    static let mostVisits = 4

    /// The field, with its end.
    let line: String
    private let member: String

    /// - Parameter instance: tells the service from all others, of this process and of all.
    init(of instance: String) {
        member = "evenkeel-\(instance)"
        line = "CDN-Loop: \(member)\r\n"
    }

    func isLoop(_ head: borrowing RequestHead, from bytes: Span<UInt8>) -> Bool {
        var visits = 0
        for index in head.fields.indices where head.fields[index].known == .cdnLoop {
            var members = ListElements(head.fields[index].value)
            while let next = members.next(bytes) {
                // Others may have added parameters.
                if next.hasMember(member, in: bytes) { visits += 1 }
            }
        }
        return visits >= Self.mostVisits
    }
}
