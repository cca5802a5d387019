import Balancing
import EventLoop
import Sockets
import TestSupport
import Testing
import Time

@testable import HealthChecking

/// A pool whose servers are checked, on a loop.
final class CheckedPool {
    let loop: EventLoop
    let pool: Pool
    var checker: HealthChecker?
    /// How often the first round has ended.
    private(set) var firstRounds = 0

    init(
        _ addresses: SocketAddress..., kind: CheckSettings.Kind = .tcp(completesHandshake: true),
        interval: TimeSpan = patience, fastInterval: TimeSpan = patience, timeout: TimeSpan = patience,
        rise: Int = 2, fall: Int = 3
    ) throws {
        loop = try EventLoop()
        let now = loop.now
        pool = Pool(
            addresses.indices.map { place in
                Server(
                    name: "Server-\(place + 1)",
                    health: Health(thresholds: HealthThresholds(rise: rise, fall: fall), at: now))
            })
        checker = try HealthChecker(
            on: loop, pool: pool,
            targets: addresses.map { CheckTarget(address: PeerAddress([$0]), host: "a") },
            settings: CheckSettings(
                kind: kind, interval: interval, fastInterval: fastInterval, timeout: timeout))
        checker?.onFirstRound = { [unowned self] in firstRounds += 1 }
    }

    /// The health of a server, counted from 0.
    func health(_ number: Int = 0) -> Health { pool[ServerID(number)].health }

    /// The last result for a server, counted from 0.
    func lastResult(_ number: Int = 0) -> CheckResult? { checker?.lastResult(of: ServerID(number)) }

    /// Runs until the condition holds.
    func until(_ condition: () throws -> Bool, _ location: SourceLocation = #_sourceLocation) throws {
        let isMet = try loop.run(until: condition)
        try #require(isMet, "it did not come to that", sourceLocation: location)
    }
}
