/// Takes turns among changing sets of servers so that each gets its share by weight in the long run.
///
/// This is nginx's smooth weighted round robin (`ngx_http_upstream_get_peer`): each candidate's
/// credit grows by its weight, the richest is taken and pays the sum. The credits always add up to
/// zero, and a server that leaves keeps its credit until it is back, so that servers which come and
/// go are neither favoured nor made up for. With equal weights it is the plain rotation.
struct FairRotation {
    /// Index: the server's number.
    private var credits: [Int] = []

    /// Takes the next of the servers that `isCandidate` accepts; nil when it accepts none.
    mutating func next(of pool: Pool, where isCandidate: (ServerID) -> Bool) -> ServerID? {
        while credits.count < pool.count { credits.append(0) }
        var richest: ServerID?
        var sum = 0
        for server in pool.ids where isCandidate(server) {
            let weight = pool[server].weight
            sum += weight
            credits[server.number] += weight
            if let best = richest, credits[best.number] >= credits[server.number] { continue }
            richest = server
        }
        if let richest { credits[richest.number] -= sum }
        return richest
    }
}
