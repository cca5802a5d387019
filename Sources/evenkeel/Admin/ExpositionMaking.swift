import Balancing
import Dashboard
import HealthChecking
import Metrics
import Platform
import Proxy
import Time

// What the modules below know, as Prometheus is told it.

extension Exposition.ServerState {
    /// What a pick would say of a server: of several reasons the first one.
    init(_ server: Server) {
        switch server.verdict {
        case .disabled: self = .disabled
        case .draining: self = .draining
        case .down: self = .down
        case .checking: self = .checking
        case .ejected: self = .ejected
        case .picked, .eligible, .full, .tried, .trial: self = .up
        }
    }
}

extension Exposition.Checks {
    init(_ tally: CheckTally) {
        self.init(
            counts: [
                ("passed", tally.passed), ("failed", tally.failed), ("impossible", tally.impossible),
            ], seconds: tally.duration.inSeconds)
    }
}

extension Exposition.HTTP {
    init(_ use: ServiceUse) {
        self.init(
            queueLimit: use.queueLimit,
            serverConnections: Exposition.Use(use.serverConnections.now, of: use.serverConnections.limit),
            retryBudget: Exposition.Use(use.retries.used, of: use.retries.limit))
    }
}

extension Exposition.Admin {
    init(_ server: AdminServer) {
        self.init()
        connections = server.connectionUse.map { ($0.listener, Exposition.Use($0.open, of: $0.limit)) }
        streams = server.streamUse.map { Exposition.Use($0.open, of: $0.limit) }
    }
}

extension Exposition.Process {
    init(openDescriptors: Int?) {
        self.init()
        let figures = ProcessFigures()
        cpuSeconds = figures.cpuSeconds
        self.openDescriptors = openDescriptors
        descriptorLimit = DescriptorLimit.current.map { Double($0) }
        virtualBytes = figures.virtualBytes
        virtualLimit = figures.virtualLimit.map { Double($0) } ?? .infinity
        residentBytes = figures.residentBytes
    }
}
