import Testing

@testable import Proxy

/// Every pair of state and event, in one table.
@Suite struct SessionMachineTests {
    /// The way into each state.
    private static let ways: [SessionMachine.State: [SessionMachine.Event]] = [
        .connecting: [],
        .relaying: [.connected],
        .requestEnded: [.connected, .clientEnded],
        .responseEnded: [.connected, .serverEnded],
        .closed: [.cut],
    ]

    /// What each event leads to: the rows in the order of `SessionMachine.State.allCases`.
    private static let table: [SessionMachine.Event: [Row]] = [
        .connected: [Row(.relaying, .relay), .stays, .stays, .stays, .stays],
        .attemptFailed: [Row(.connecting, .attempt), .stays, .stays, .stays, .stays],
        .noServerLeft: [.closes(.refused), .stays, .stays, .stays, .stays],
        .clientEnded: [
            .closes(.clientAborted), Row(.requestEnded, .carryOn), .stays, .closes(.finished), .stays,
        ],
        .serverEnded: [
            .stays, Row(.responseEnded, .carryOn), .closes(.finished), .stays, .stays,
        ],
        .clientFailed: [
            .closes(.clientAborted), .closes(.clientAborted), .closes(.clientAborted),
            .closes(.clientAborted), .stays,
        ],
        .serverFailed: [
            .stays, .closes(.serverAborted), .closes(.serverAborted), .closes(.serverAborted), .stays,
        ],
        .deadlinePassed: [
            Row(.connecting, .attempt), .closes(.idle), .closes(.idle), .closes(.idle), .stays,
        ],
        .drained: [
            Row(.connecting, .attempt), .closes(.drained), .closes(.drained), .closes(.drained), .stays,
        ],
        .lacked(.memory): [
            .closes(.lacking(.memory)), .closes(.lacking(.memory)), .closes(.lacking(.memory)),
            .closes(.lacking(.memory)), .stays,
        ],
        .cut: [.closes(.cut), .closes(.cut), .closes(.cut), .closes(.cut), .stays],
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
        for (event, rows) in Self.table {
            #expect(rows.count == SessionMachine.State.allCases.count, "\(event)")
        }
    }

    @Test func eachPairLeadsWhereTheTableSays() throws {
        for (event, rows) in Self.table {
            for (state, row) in zip(SessionMachine.State.allCases, rows) {
                var machine = try Self.machine(in: state)
                #expect(machine.handle(event) == row.action, "\(state), \(event)")
                #expect(machine.state == row.next ?? state, "\(state), \(event)")
            }
        }
    }
}
