import Testing
import Time

@testable import Balancing

/// Servers that answer with failures, among others: whole services in a simulated time, with the statuses and
/// the numbers that are the defaults.
@Suite struct OutlierTests {
    /// What a server does with a request.
    typealias Behaviour = (_ request: Int, _ now: Instant) -> (status: Int, latency: TimeSpan)

    private static func well(after latency: TimeSpan = .milliseconds(50)) -> Behaviour {
        { _, _ in (200, latency) }
    }

    private static func failing(after latency: TimeSpan = .milliseconds(1)) -> Behaviour {
        { _, _ in (500, latency) }
    }

    /// Clients, each of which asks again as soon as it has an answer: what fails fast is asked most.
    private struct Simulation {
        let pool: Pool
        private let servers: [Behaviour]
        private var picker: Picker
        private var log = PickLog()
        private(set) var failures: [Instant] = []
        private(set) var answers = 0
        private(set) var ejections: [Int] = []
        private(set) var mostEjected = 0

        init(_ servers: [Behaviour], by strategy: StrategyName = .leastConnections) {
            self.servers = servers
            let server = Server(name: "Server", health: .unchecked(at: .origin))
            let rule = EjectionRule(
                consecutiveFailures: 5, shortest: .seconds(10), statuses: StatusSet([500, 502, 503, 504]))
            pool = Pool([Server](repeating: server, count: servers.count), ejectionRule: rule)
            picker = Picker(strategy)
        }

        mutating func run(clients: Int, for span: TimeSpan, pausing pause: TimeSpan = .zero) {
            var asked: [(at: Instant, server: ServerID?, status: Int)] = (0..<clients).map {
                (.second(100) + pause * $0 / clients, nil, 0)
            }
            let end = Instant.second(100) + span
            var requests = 0
            while let next = asked.indices.min(by: { asked[$0].at < asked[$1].at }), asked[next].at < end {
                let now = asked[next].at
                pool.readmit(at: now)
                guard let server = asked[next].server else {
                    guard let picked = picker.pick(from: pool, excluding: TriedServers(), noting: &log) else {
                        Issue.record("nobody was picked")
                        return
                    }
                    pool.began(picked)
                    requests += 1
                    let (status, latency) = servers[picked.number](requests, now)
                    asked[next] = (now + latency, picked, status)
                    continue
                }
                ended(server, with: asked[next].status, at: now)
                asked[next] = (now + pause, nil, 0)
            }
        }

        private mutating func ended(_ server: ServerID, with status: Int, at now: Instant) {
            answers += 1
            if status >= 500 { failures.append(now) }
            let wasEjected = pool[server].ejection.isEjected
            pool.exchangeAnswered(server, status: status, at: now)
            pool.ended(server)
            if !wasEjected, pool[server].ejection.isEjected { ejections.append(server.number) }
            mostEjected = max(mostEjected, pool.ids.count { pool[$0].ejection.isEjected })
        }
    }

    @Test(arguments: StrategyName.allCases)
    func oneThatFailsFastIsLeftOutBeforeItHasAttractedEverybody(strategy: StrategyName) {
        var service = Simulation([Self.failing()] + (0..<4).map { _ in Self.well() }, by: strategy)
        service.run(clients: 10, for: .seconds(60))
        #expect(Set(service.ejections) == [0])
        #expect(service.failures.count { $0 >= .second(101) } <= 20)
        #expect(Double(service.failures.count) / Double(service.answers) < 0.015)
    }

    @Test func severalThatFailFastDoNotHideEachOther() {
        var service = Simulation([Self.failing(), Self.failing()] + (0..<3).map { _ in Self.well() })
        service.run(clients: 10, for: .seconds(60))
        #expect(Set(service.ejections) == [0, 1])
        #expect(service.failures.count { $0 >= .second(101) } <= 40)
    }

    @Test(arguments: [1, 50], [0.0, 0.2])
    func aFaultThatAllShareEjectsNobodyHoweverFastTheyAre(slowness: Int, onset: Double) {
        let begin = Instant.second(100) + .seconds(onset * 100)
        let servers = (0..<5).map { number -> Behaviour in
            { _, now in (now < begin ? 200 : 500, .milliseconds(number == 0 ? 1 : slowness)) }
        }
        var service = Simulation(servers)
        service.run(clients: 10, for: .seconds(60))
        #expect(service.ejections.isEmpty)
        #expect(service.answers > 1_000)
    }

    @Test(arguments: StrategyName.allCases)
    func oneURLOfFiftyThatFailsEverywhereEjectsNobody(strategy: StrategyName) {
        var random = SeededRandom(seed: 1)
        let servers = (0..<5).map { number -> Behaviour in
            { _, _ in (Int.random(in: 0..<50, using: &random) == 0 ? 500 : 200, .milliseconds(20 + number)) }
        }
        var service = Simulation(servers, by: strategy)
        service.run(clients: 10, for: .seconds(120))
        #expect(service.ejections.isEmpty)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func whatFailsEverywhereAtRandomEjectsNobody(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var service = Simulation(
            (0..<5).map { _ in
                { _, _ in (Int.random(in: 0..<10, using: &random) == 0 ? 503 : 200, .milliseconds(20)) }
            }, by: .roundRobin)
        service.run(clients: 4, for: .seconds(120), pausing: .milliseconds(200))
        #expect(service.ejections.isEmpty)
    }

    @Test func onlyAURLThatFailsEverywhereNeverTakesOutMoreThanHalf() {
        let servers = (0..<4).map { number -> Behaviour in
            // Somebody asks for it again and again, and it lands here and there.
            { request, _ in (request / 7 % 2 == 0 ? 500 : 200, .milliseconds(5)) }
        }
        var service = Simulation(servers, by: .roundRobin)
        service.run(clients: 3, for: .seconds(60))
        #expect(service.mostEjected <= 2)
    }

    @Test func twoThatFailInTurnsAreNeverBothOut() {
        let servers = (0..<2).map { number -> Behaviour in
            { _, now in
                let second = Int(now.nanoseconds / 1_000_000_000)
                return (second / 3 % 2 == number ? 500 : 200, .milliseconds(10))
            }
        }
        var service = Simulation(servers)
        service.run(clients: 4, for: .seconds(60))
        #expect(service.mostEjected == 1)
    }

    @Test func oneThatFailsHalfOfItsRequestsInNoRowIsFoundByItsRate() {
        let servers: [Behaviour] =
            [{ request, _ in (request % 2 == 0 ? 502 : 200, .milliseconds(20)) }]
            + (0..<4).map { _ in Self.well(after: .milliseconds(20)) }
        var service = Simulation(servers)
        service.run(clients: 10, for: .seconds(30))
        #expect(Set(service.ejections) == [0])
    }

    @Test func statusesThatSayNothingOfTheServerEjectNobody() {
        for status in [400, 404, 429, 501, 505, 599] {
            var service = Simulation([{ _, _ in (status, .milliseconds(1)) }, Self.well()])
            service.run(clients: 4, for: .seconds(5))
            #expect(service.ejections.isEmpty, "\(status)")
        }
    }

    @Test func eachEjectionOfOneThatStaysBadLastsLongerAndCostsOneRequest() {
        var service = Simulation([Self.failing()] + (0..<4).map { _ in Self.well() })
        service.run(clients: 10, for: .seconds(200))
        // 10, 20, 40, 80 s: back at 110, 130, 170 and 250 s.
        #expect(service.ejections.count == 5)
        #expect(service.failures.count { $0 >= .second(105) } == 4)
    }

    @Test func oneThatIsWellAgainTakesPartFullyAfterOneGoodAnswer() {
        let recovering: Behaviour = { _, now in
            now < .second(105) ? (500, .milliseconds(1)) : (200, .milliseconds(50))
        }
        var service = Simulation([recovering] + (0..<4).map { _ in Self.well() }, by: .roundRobin)
        service.run(clients: 10, for: .seconds(30))
        #expect(service.ejections == [0])
        #expect(!service.pool[ServerID(0)].ejection.isOnTrial)
        #expect(service.failures.allSatisfy { $0 < .second(105) })
    }
}

/// Servers that are asked although they are not in turn.
@Suite struct LastResortTests {
    private let first = ServerID(0)
    private let second = ServerID(1)

    private struct Picks {
        private var picker: Picker
        private var log = PickLog()

        init(_ name: StrategyName) {
            picker = Picker(name)
        }

        mutating func next(from pool: Pool, excluding tried: TriedServers = TriedServers()) -> ServerID? {
            picker.pick(from: pool, excluding: tried, noting: &log)
        }
    }

    private func pool(of count: Int = 2) -> Pool {
        let health = Health(thresholds: HealthThresholds(rise: 2, fall: 3), at: .origin)
        let pool = Pool(
            (1...count).map { Server(name: "Server-\($0)", health: health) },
            ejectionRule: EjectionRule(consecutiveFailures: 1, shortest: .seconds(10)))
        for id in pool.ids { pool.saw(.checkPassed, of: id, at: .origin) }
        return pool
    }

    @Test(arguments: StrategyName.allCases)
    func whatIsEjectedIsAskedBeforeWhatIsDownAndNeverWhatAPersonTookOut(name: StrategyName) {
        let pool = pool(of: 4)
        var picks = Picks(name)
        pool.exchangeFailed(first, reason: "reset", at: .second(1))
        pool.failed(second, reason: "refused", at: .second(1))
        pool.setAdministrativeState(.disabled, of: ServerID(3))
        #expect(picks.next(from: pool) == ServerID(2))
        pool.setAdministrativeState(.draining, of: ServerID(2))
        #expect(picks.next(from: pool) == first)
        #expect(picks.next(from: pool, excluding: TriedServers(first)) == second)
        #expect(picks.next(from: pool, excluding: TriedServers(first, second)) == nil)
        #expect(!pool.hasAny(excluding: TriedServers(first, second)))
    }

    @Test func aFullServerIsWaitedForBeforeWhatIsNotInTurnIsAsked() {
        let pool = Pool.ofUp(limits: [1, 1])
        pool.began(first)
        pool.setAdministrativeState(.disabled, of: second)
        var picks = Picks(.roundRobin)
        #expect(picks.next(from: pool) == nil)
        #expect(pool.hasAny(excluding: TriedServers()))
    }

    @Test func oneOnTrialGetsOneRequestAtATimeWhileOthersCanServe() {
        let pool = pool()
        var picks = Picks(.leastConnections)
        pool.exchangeFailed(first, reason: "reset", at: .second(1))
        pool.readmit(at: .second(11))
        #expect(pool[first].ejection.isOnTrial)
        for _ in 0..<5 { pool.began(second) }
        #expect(picks.next(from: pool) == first)
        pool.began(first)
        #expect(picks.next(from: pool) == second)
        pool.failed(second, reason: "refused", at: .second(12))
        #expect(picks.next(from: pool) == first)
        pool.ended(first)
        pool.exchangeAnswered(first, status: 200, at: .second(12))
        #expect(!pool[first].ejection.isOnTrial)
    }

    @Test func whatItHeldBeforeDoesNotKeepOneOnTrialFromItsRequest() {
        let pool = pool()
        var picks = Picks(.leastConnections)
        for _ in 0..<2 { pool.began(first) }
        for _ in 0..<9 { pool.began(second) }
        pool.exchangeFailed(first, reason: "reset", at: .second(1))
        pool.readmit(at: .second(11))
        #expect(picks.next(from: pool) == first, "a tunnel may last for hours")
        pool.began(first)
        #expect(picks.next(from: pool) == second, "one request at a time")
        pool.ended(first)
        #expect(picks.next(from: pool) == first)
        for _ in 0..<2 { pool.ended(first) }
        pool.began(first)
        #expect(picks.next(from: pool) == second)
    }

    @Test func aGoodHeadEndsATrialHoweverLongItsBodyLasts() {
        let pool = pool()
        pool.exchangeFailed(first, reason: "reset", at: .second(1))
        pool.readmit(at: .second(11))
        pool.began(first)
        pool.answerBegan(first, status: 200, at: .second(11))
        #expect(!pool[first].ejection.isOnTrial)
    }

    @Test func aPersonEndsAnEjectionByEnablingTheServer() {
        let pool = pool()
        pool.exchangeFailed(first, reason: "reset", at: .second(1))
        #expect(pool[first].verdict == .ejected)
        pool.setAdministrativeState(.enabled, of: first)
        #expect(pool[first].isEligible && !pool[first].ejection.isOnTrial)
    }

    /// Whatever happens, the counts that picks rely on are those of the servers.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func theCountsAgreeWithTheServersAfterAnyEvents(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pool = pool(of: 5)
        var held: [ServerID] = []
        for step in 0..<2_000 {
            let id = ServerID(Int.random(in: 0..<5, using: &random))
            let now = Instant(nanoseconds: Int64(step) * 300_000_000)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: pool.saw(.checkPassed, of: id, at: now)
            case 1: pool.saw(.checkFailed(reason: "x"), of: id, at: now)
            case 2: pool.failed(id, reason: "x", at: now)
            case 3: pool.reached(id, at: now)
            case 4: pool.exchangeFailed(id, reason: "x", at: now)
            case 5: pool.exchangeAnswered(id, status: 200, at: now)
            case 6:
                pool.setAdministrativeState(
                    AdministrativeState.allCases.randomElement(using: &random) ?? .enabled, of: id, at: now)
            case 7: pool.readmit(at: now)
            case 8:
                pool.began(id)
                held.append(id)
            default: if let left = held.popLast() { pool.ended(left) }
            }
            #expect(pool.eligibleCount == pool.ids.count { pool[$0].isEligible })
            let ranks = pool.ids.map { pool.candidates[$0.number].rank }
            #expect(
                pool.nextRank(excluding: TriedServers())
                    == Rank.allCases.dropLast().first { ranks.contains($0) })
            let tried = TriedServers(id)
            let others = pool.ids.filter { $0 != id }.map { pool.candidates[$0.number].rank }
            #expect(pool.nextRank(excluding: tried) == Rank.allCases.dropLast().first { others.contains($0) })
        }
    }
}
