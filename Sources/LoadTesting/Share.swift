/// One worker's part of a plan, so that all parts together are the plan.
struct Share: Equatable, Sendable {
    /// Connections.
    let concurrency: Int
    /// Requests; nil where they are not counted.
    let requests: Int?
    /// Requests a second; nil for a closed loop.
    let rate: Double?
    /// The part of an interval by which this worker's requests come after the first worker's: together they
    /// come evenly, as from one.
    let phase: Double

    /// Divides a plan: connections evenly, all else by connections.
    static func all(of plan: LoadPlan, threads: Int) -> [Share] {
        let count = max(1, min(threads, plan.concurrency, LoadLimits.threads.upperBound))
        var requests: Int?
        if case .requests(let all) = plan.amount { requests = all }
        var shares: [Share] = []
        var connections = 0
        for index in 0..<count {
            let next = plan.concurrency * (index + 1) / count
            // By running totals, so that nothing is lost to rounding.
            func part(_ all: Int) -> Int {
                all * next / plan.concurrency - all * connections / plan.concurrency
            }
            shares.append(
                Share(
                    concurrency: next - connections, requests: requests.map(part),
                    rate: plan.ratePerSecond.map {
                        $0 * Double(next - connections) / Double(plan.concurrency)
                    },
                    phase: Double(index) / Double(count)))
            connections = next
        }
        return shares
    }
}
