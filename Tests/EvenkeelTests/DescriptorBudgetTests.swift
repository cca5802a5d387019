import Configuration
import Sockets
import Testing

@testable import evenkeel

@Suite struct DescriptorBudgetTests {
    private func service(
        _ name: String = "web", mode: ServiceMode = .tcp, servers: Int = 1, connections: Int? = nil
    ) -> ServiceConfiguration {
        ServiceConfiguration(
            name: name, listen: .tcp(host: "127.0.0.1", port: 0), mode: mode,
            servers: (1...servers).map {
                ServerConfiguration(address: .tcp(host: "127.0.0.1", port: UInt16($0)))
            },
            limits: LimitConfiguration(connections: connections))
    }

    private static let noDashboard = AdminConfiguration(listen: nil)

    private func budget(
        _ services: ServiceConfiguration..., admin: AdminConfiguration = noDashboard, limit: Int
    ) -> DescriptorBudget {
        DescriptorBudget(for: Configuration(services: services, admin: admin), limit: limit)
    }

    @Test func theDashboardHasDescriptorsOfItsOwn() {
        // Two are for its listener, and for a client who is accepted before another gives way. 64 are for pipes.
        let budget = budget(
            service(), admin: AdminConfiguration(), limit: 16 + 1 + 1 + 2 + 256 + 64 + 20_000)
        #expect(budget.adminConnections == 256)
        #expect(budget.sessions(for: service()) == 10_000)
    }

    @Test func whereDescriptorsAreFewTheDashboardTakesASixteenthForEachListener() {
        let admin = AdminConfiguration(monitoring: .tcp(host: "127.0.0.1", port: 0))
        let budget = budget(service(), admin: admin, limit: 1600)
        #expect(budget.adminConnections == 100)
        #expect(budget.sessions(for: service()) == (1600 - 18 - 2 * 102 - 2 * 25) / 2)
    }

    @Test func whatIsLeftIsForSessionsOfTwoDescriptors() {
        // 16 are kept back, one for the listener, one for the check of each server, 32 for pipes.
        let budget = budget(service(servers: 3), limit: 1052)
        #expect(budget.sessions(for: service()) == 500)
    }

    @Test func servicesShareAlike() {
        let budget = budget(service("a"), service("b"), limit: 16 + 2 + 2 + 12 + 400)
        #expect(budget.sessions(for: service("a")) == 100)
        #expect(budget.sessions(for: service("b")) == 100)
    }

    @Test func aLimitOfOnesOwnHoldsWhereItCanBeKept() {
        let wanted = service(connections: 100)
        let budget = budget(wanted, limit: 1050)
        #expect(budget.sessions(for: wanted) == 100)
        #expect(budget.warning(for: wanted) == nil)
        #expect(budget.warning(for: service()) == nil)
    }

    @Test func aLimitThatCannotBeKeptIsCutWithAWarning() {
        let wanted = service(connections: 10_000)
        let budget = budget(wanted, limit: 1050)
        #expect(budget.sessions(for: wanted) == 500)
        #expect(
            budget.warning(for: wanted)
                == "web: limits.connections is 10000, but the 1050 file descriptors of this process are "
                + "enough for 500; that is the limit now (raise it with ulimit -n, or LimitNOFILE= in the "
                + "systemd unit)")
    }

    @Test func idleHTTPClientsMayTakeFourFifthsOfTheDescriptorsWhenAPersonSaysSo() {
        let wanted = service(mode: .http, connections: 10_000)
        let budget = budget(wanted, limit: 1050)
        #expect(budget.sessions(for: wanted) == 800)
        #expect(budget.warning(for: wanted)?.contains("are enough for 800;") == true)
        #expect(budget.sessions(for: service(mode: .http)) == 500)
    }

    @Test(arguments: [0, 1, 16, 20])
    func eachServiceMayAlwaysHoldOneSession(limit: Int) {
        let budget = budget(service("a", servers: 5), service("b", servers: 5), limit: limit)
        #expect(budget.sessions(for: service("a")) == 1)
    }
}
