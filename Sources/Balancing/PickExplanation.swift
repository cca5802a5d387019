extension Pick {
    /// How many servers a sentence names one by one.
    private static let namedAtMost = 5

    /// Why it came out so, for a person: "Round Robin: Server-1 was next in turn among 2 eligible servers;
    /// Server-3 was left out: down".
    public func explanation(naming name: (ServerID) -> String) -> String {
        switch rule {
        case .sameServer:
            guard let server else { return "" }
            return
                "\(name(server)): the same server again over a fresh connection, for the kept one had closed"
        case .strategy(let strategy):
            guard let server else { return "\(strategy.title): no server: \(absence(name))" }
            return "\(strategy.title): \(name(server)) \(merit(of: server, strategy, name))\(leftOut(name))"
        case .lastResort(let strategy):
            guard let server else { return "" }
            return
                "\(strategy.title): \(name(server)) was tried, for no eligible server was left\(leftOut(name))"
        }
    }

    // MARK: The server that was picked

    private func merit(
        of server: ServerID, _ strategy: StrategyName, _ name: (ServerID) -> String
    ) -> String {
        let open = others == 0 ? candidates.count { $0.isOpen } : eligible
        guard open > 1 else { return "was the only eligible server" }
        switch strategy {
        case .roundRobin:
            let isWeighted = candidates.contains {
                $0.isOpen && $0.weight != view(of: server).weight
            }
            return "was next in turn among \(open) eligible servers\(isWeighted ? ", by weight" : "")"
        case .leastConnections:
            return "had the fewest in flight for its weight (\(load(of: server, name)))"
        }
    }

    /// What it held, and who held as little.
    private func load(of server: ServerID, _ name: (ServerID) -> String) -> String {
        let picked = view(of: server)
        let held = picked.weight == 1 ? "\(picked.inFlight)" : "\(picked.inFlight) at weight \(picked.weight)"
        let tied = ids { $0.verdict == .eligible && $0.isAsIdle(as: picked) }
        guard !tied.isEmpty else { return held }
        return "\(held), with \(list(tied.map(name))); ties take turns"
    }

    // MARK: Those that were not

    private func leftOut(_ name: (ServerID) -> String) -> String {
        let left = ids { !$0.isOpen }
        guard let first = left.first else { return "" }
        if left.count == 1 {
            return "; \(name(first)) was left out: \(view(of: first).verdict.text)"
        }
        return "; left out: \(list(left.map { "\(name($0)) (\(view(of: $0).verdict.text))" }))"
    }

    private func absence(_ name: (ServerID) -> String) -> String {
        let verdicts = Set(candidates.map(\.verdict))
        if candidates.count > 1, verdicts.count == 1, let verdict = verdicts.first {
            return "all \(verdict.text)"
        }
        return list(ids { _ in true }.map { "\(name($0)) is \(view(of: $0).verdict.text)" })
    }

    private func ids(where condition: (CandidateView) -> Bool) -> [ServerID] {
        candidates.indices.filter { condition(candidates[$0]) }.map(server(at:))
    }

    private func list(_ words: [String]) -> String {
        let named = words.prefix(Self.namedAtMost).joined(separator: ", ")
        let rest = words.count - Self.namedAtMost
        return rest > 0 ? "\(named) and \(rest) more" : named
    }
}

extension CandidateView {
    /// Whether the strategy had the choice of it.
    fileprivate var isOpen: Bool { verdict == .picked || verdict == .eligible }

    fileprivate func isAsIdle(as other: CandidateView) -> Bool {
        inFlight * other.weight == other.inFlight * weight
    }
}

extension CandidateVerdict {
    fileprivate var text: String {
        switch self {
        case .tried: "tried before, in vain"
        case .checking: "waiting for a check to pass"
        case .trial: "on trial, one request at a time"
        case .disabled: "stopped by hand"
        case .picked, .eligible, .full, .draining, .down, .ejected: rawValue
        }
    }
}
