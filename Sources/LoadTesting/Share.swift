/// One worker's part of a plan, so that all parts together are the plan.
///
/// A plan's requests have numbers from 0, and its connections too. Request k falls to connection k mod c, and connection
/// i to worker i mod w: so each worker gets as much as its connections can carry, and which request is whose follows
/// from the plan alone.
struct Share: Equatable, Sendable {
    /// Which of the workers it is, from 0.
    private let index: Int
    private let workers: Int
    /// Connections of all workers.
    private let allConnections: Int
    /// Connections.
    let concurrency: Int
    /// Requests; nil where they are not counted.
    let requests: Int?

    /// Divides a plan.
    static func all(of plan: LoadPlan, threads: Int) -> [Share] {
        let workers = max(1, min(threads, plan.concurrency, LoadLimits.threads.upperBound))
        return (0..<workers).map { Share($0, of: workers, plan) }
    }

    private init(_ index: Int, of workers: Int, _ plan: LoadPlan) {
        self.index = index
        self.workers = workers
        allConnections = plan.concurrency
        let connections = Self.part(index, of: plan.concurrency, among: workers)
        concurrency = connections
        requests =
            switch plan.amount {
            case .requests(let all):
                Self.requests(below: all, index, workers, plan.concurrency, connections)
            case .duration, .unlimited: nil
            }
    }

    /// The number within the plan of this worker's request with an ordinal from 0.
    func number(_ ordinal: Int) -> Int {
        let (round, place) = ordinal.quotientAndRemainder(dividingBy: concurrency)
        return round * allConnections + place * workers + index
    }

    /// How many of this worker's requests have a smaller number.
    func count(below number: Int) -> Int {
        Self.requests(below: number, index, workers, allConnections, concurrency)
    }

    private static func requests(
        below number: Int, _ index: Int, _ workers: Int, _ all: Int, _ connections: Int
    ) -> Int {
        let (rounds, rest) = number.quotientAndRemainder(dividingBy: all)
        return rounds * connections + part(index, of: rest, among: workers)
    }

    /// How many of the numbers 0 ..< count are `index` mod `workers`.
    private static func part(_ index: Int, of count: Int, among workers: Int) -> Int {
        (count - index + workers - 1) / workers
    }
}
