import Sockets

/// What listens where, so that no two listeners get one address.
struct Listeners {
    private let report: Report
    private var known: [Endpoint: (owner: String, place: Place)] = [:]

    init(report: Report) {
        self.report = report
    }

    /// Notes a listener, or that another one has its address. Port 0 is another port for each.
    mutating func add(_ endpoint: Endpoint, of owner: String, at place: Place) {
        if case .tcp(_, port: 0) = endpoint { return }
        if let other = known[endpoint.folded] {
            report.add("\(other.owner) listens on \"\(endpoint)\" already", at: place)
        } else {
            known[endpoint.folded] = (owner, place)
        }
    }

    /// Where the listener of an address was said; nil when there is none.
    func place(of endpoint: Endpoint) -> Place? { known[endpoint.folded]?.place }
}
