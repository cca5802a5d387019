import Testing

@testable import Proxy

/// Every pair of state and event, in one table.
@Suite struct SessionMachineTests {
    private typealias Recovery = SessionMachine.Recovery

    /// The way into each state.
    private static let ways: [SessionMachine.State: [SessionMachine.Event]] = [
        .connecting: [],
        .unanswered: [.connected],
        .unansweredAfterRequest: [.connected, .clientEnded],
        .relaying: [.connected, .serverAnswered],
        .requestEnded: [.connected, .serverAnswered, .clientEnded],
        .responseEnded: [.connected, .serverAnswered, .serverEnded(.none)],
        .refusing: [.noServerLeft],
        .closed: [.cut],
    ]

    /// What each event leads to: the rows in the order of `SessionMachine.State.allCases`.
    private static let table: [SessionMachine.Event: [Row]] = [
        .connected: [
            Row(.unanswered, .relay), .stays, .stays, .stays, .stays, .stays, .stays, .stays,
        ],
        .attemptFailed: [
            Row(.connecting, .attempt), .stays, .stays, .stays, .stays, .stays, .stays, .stays,
        ],
        .noServerLeft: [
            Row(.refusing, .refuse), .stays, .stays, .stays, .stays, .stays, .stays, .stays,
        ],
        .clientEnded: [
            .closes(.clientAborted), Row(.unansweredAfterRequest, .carryOn), .stays,
            Row(.requestEnded, .carryOn), .stays, .closes(.finished), .closes(.refused), .stays,
        ],
        .serverAnswered: [
            .stays, Row(.relaying, .carryOn), Row(.requestEnded, .carryOn), .stays, .stays, .stays, .stays,
            .stays,
        ],
        .serverEnded(.replay): [
            .stays, Row(.connecting, .attempt), Row(.connecting, .attempt), Row(.responseEnded, .carryOn),
            .closes(.finished), .stays, .stays, .stays,
        ],
        .serverEnded(.refuse): [
            .stays, Row(.refusing, .refuse), Row(.refusing, .refuse), Row(.responseEnded, .carryOn),
            .closes(.finished), .stays, .stays, .stays,
        ],
        .serverEnded(.none): [
            .stays, Row(.responseEnded, .carryOn), .closes(.finished), Row(.responseEnded, .carryOn),
            .closes(.finished), .stays, .stays, .stays,
        ],
        .serverFailed(.replay): [
            .stays, Row(.connecting, .attempt), Row(.connecting, .attempt), .closes(.serverAborted),
            .closes(.serverAborted), .closes(.serverAborted), .stays, .stays,
        ],
        .serverFailed(.refuse): [
            .stays, Row(.refusing, .refuse), Row(.refusing, .refuse), .closes(.serverAborted),
            .closes(.serverAborted), .closes(.serverAborted), .stays, .stays,
        ],
        .serverFailed(.none): [
            .stays, .closes(.serverAborted), .closes(.serverAborted), .closes(.serverAborted),
            .closes(.serverAborted), .closes(.serverAborted), .stays, .stays,
        ],
        .clientFailed: [
            .closes(.clientAborted), .closes(.clientAborted), .closes(.clientAborted),
            .closes(.clientAborted), .closes(.clientAborted), .closes(.clientAborted), .closes(.refused),
            .stays,
        ],
        .deadlinePassed: [
            Row(.connecting, .attempt), .closes(.idle), .closes(.idle), .closes(.idle), .closes(.idle),
            .closes(.idle), .closes(.refused), .stays,
        ],
        .cut: [
            .closes(.cut), .closes(.cut), .closes(.cut), .closes(.cut), .closes(.cut), .closes(.cut),
            .closes(.refused), .stays,
        ],
    ]

    /// The next state and the action; nil where the event changes nothing.
    private struct Row {
        let next: SessionMachine.State?
        let action: SessionMachine.Action

        init(_ next: SessionMachine.State?, _ action: SessionMachine.Action) {
            self.next = next
            self.action = action
        }

        static let stays = Row(nil, .carryOn)

        static func closes(_ termination: Termination) -> Row { Row(.closed, .close(termination)) }
    }

    private static func machine(in state: SessionMachine.State) throws -> SessionMachine {
        var machine = SessionMachine()
        for event in try #require(ways[state]) { _ = machine.handle(event) }
        return machine
    }

    @Test func eachStateCanBeReached() throws {
        for state in SessionMachine.State.allCases {
            #expect(try Self.machine(in: state).state == state)
        }
    }

    @Test func theTableHasEveryPair() {
        #expect(Set(Self.table.keys) == Set(SessionMachine.Event.all))
        for (event, rows) in Self.table {
            #expect(rows.count == SessionMachine.State.allCases.count, "\(event)")
        }
    }

    @Test func eachPairLeadsWhereTheTableSays() throws {
        for event in SessionMachine.Event.all {
            let rows = try #require(Self.table[event])
            for (state, row) in zip(SessionMachine.State.allCases, rows) {
                var machine = try Self.machine(in: state)
                #expect(machine.handle(event) == row.action, "\(state), \(event)")
                #expect(machine.state == row.next ?? state, "\(state), \(event)")
            }
        }
    }
}

extension SessionMachine.Event {
    /// All of them. The switch lets no case be added without coming here.
    static var all: [SessionMachine.Event] {
        var events: [SessionMachine.Event] = []
        var next: SessionMachine.Event? = .connected
        while let event = next {
            events.append(event)
            next = event.successor
        }
        return events
    }

    private var successor: SessionMachine.Event? {
        switch self {
        case .connected: .attemptFailed
        case .attemptFailed: .noServerLeft
        case .noServerLeft: .clientEnded
        case .clientEnded: .serverAnswered
        case .serverAnswered: .serverEnded(.replay)
        case .serverEnded(.replay): .serverEnded(.refuse)
        case .serverEnded(.refuse): .serverEnded(.none)
        case .serverEnded(.none): .clientFailed
        case .clientFailed: .serverFailed(.replay)
        case .serverFailed(.replay): .serverFailed(.refuse)
        case .serverFailed(.refuse): .serverFailed(.none)
        case .serverFailed(.none): .deadlinePassed
        case .deadlinePassed: .cut
        case .cut: nil
        }
    }
}

extension SessionMachine.Event: Hashable {
    /// By its text, which tells all of them apart.
    public func hash(into hasher: inout Hasher) {
        hasher.combine("\(self)")
    }
}
