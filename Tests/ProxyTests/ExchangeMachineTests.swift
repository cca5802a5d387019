import Testing

@testable import Proxy

/// Every pair of state and event, in one table.
@Suite struct ExchangeMachineTests {
    /// The way into each state.
    private static let ways: [ExchangeMachine.State: [ExchangeMachine.Event]] = [
        .reading: [],
        .queued: [.headRead, .allFull],
        .connecting: [.headRead, .picked(isConnected: false)],
        .sending: [.headRead, .picked(isConnected: true)],
        .awaiting: [.headRead, .picked(isConnected: true), .requestSent],
        .answering: [.headRead, .picked(isConnected: true), .answerBegan],
        .tunnelling: [.headRead, .picked(isConnected: true), .tunnelBegan],
        .ended: [.cut],
    ]

    /// What each event leads to: the rows in the order of `ExchangeMachine.State.allCases`.
    private static let table: [(event: ExchangeMachine.Event, rows: [Row])] = [
        (.headRead, [.does(.pick), .does(.pick), .stays, .stays, .stays, .stays, .stays, .stays]),
        (
            .allFull,
            [
                Row(.queued, .wait), .stays, Row(.queued, .wait), Row(.queued, .wait), Row(.queued, .wait),
                .stays, .stays, .stays,
            ]
        ),
        (
            .picked(isConnected: false),
            [
                Row(.connecting, .carryOn), Row(.connecting, .carryOn), .stays, Row(.connecting, .carryOn),
                Row(.connecting, .carryOn), .stays, .stays, .stays,
            ]
        ),
        (
            .picked(isConnected: true),
            [
                Row(.sending, .send), Row(.sending, .send), Row(.sending, .send), .does(.send),
                Row(.sending, .send), .stays, .stays, .stays,
            ]
        ),
        (
            .connected,
            [
                .stays, .stays, Row(.sending, .send), .does(.send), Row(.sending, .send), .stays, .stays,
                .stays,
            ]
        ),
        (
            .requestSent,
            [
                .stays, .stays, Row(.awaiting, .carryOn), Row(.awaiting, .carryOn), .stays, .stays, .stays,
                .stays,
            ]
        ),
        (
            .answerBegan,
            [
                .stays, .stays, Row(.answering, .carryOn), Row(.answering, .carryOn),
                Row(.answering, .carryOn), .stays, .stays, .stays,
            ]
        ),
        (
            .tunnelBegan,
            [
                .stays, .stays, Row(.tunnelling, .carryOn), Row(.tunnelling, .carryOn),
                Row(.tunnelling, .carryOn), .stays, .stays, .stays,
            ]
        ),
        (
            .answerEnded,
            [.stays, .stays, .stays, .stays, .stays, .ends(.finish), .ends(.finish), .stays]
        ),
        (
            .serverFailed(.badResponse, .attempt),
            [
                Row(.connecting, .pick), Row(.connecting, .pick), Row(.connecting, .pick),
                Row(.connecting, .pick), Row(.connecting, .pick), .ends(.abort(.responseCut)),
                .ends(.abort(.responseCut)), .stays,
            ]
        ),
        (
            .serverFailed(.badResponse, .none),
            [
                .ends(.answer(.badResponse)), .ends(.answer(.badResponse)), .ends(.answer(.badResponse)),
                .ends(.answer(.badResponse)), .ends(.answer(.badResponse)), .ends(.abort(.responseCut)),
                .ends(.abort(.responseCut)), .stays,
            ]
        ),
        (
            .refused(.requestBodyTooLarge),
            [
                .ends(.answer(.requestBodyTooLarge)), .ends(.answer(.requestBodyTooLarge)),
                .ends(.answer(.requestBodyTooLarge)), .ends(.answer(.requestBodyTooLarge)),
                .ends(.answer(.requestBodyTooLarge)), .ends(.abort(.requestBodyTooLarge)),
                .ends(.abort(.requestBodyTooLarge)), .stays,
            ]
        ),
        (
            .clientGone(.clientStalled),
            [
                .ends(.abort(.clientStalled)), .ends(.abort(.clientStalled)), .ends(.abort(.clientStalled)),
                .ends(.abort(.clientStalled)), .ends(.abort(.clientStalled)), .ends(.abort(.clientStalled)),
                .ends(.abort(.clientStalled)), .stays,
            ]
        ),
        (
            .deadlinePassed,
            [
                .ends(.answer(.requestHeadTimeout)), .ends(.answer(.queueTimeout)),
                .ends(.answer(.responseHeadTimeout)), .ends(.answer(.requestBodyTimeout)),
                .ends(.answer(.responseHeadTimeout)), .ends(.abort(.responseBodyTimeout)), .ends(.finish),
                .stays,
            ]
        ),
        (
            .cut,
            [
                .ends(.abort(.cut)), .ends(.abort(.cut)), .ends(.abort(.cut)), .ends(.abort(.cut)),
                .ends(.abort(.cut)), .ends(.abort(.cut)), .ends(.abort(.cut)), .stays,
            ]
        ),
    ]

    /// The next state, nil where it stays, and the action.
    private struct Row {
        let next: ExchangeMachine.State?
        let action: ExchangeMachine.Action

        init(_ next: ExchangeMachine.State?, _ action: ExchangeMachine.Action) {
            self.next = next
            self.action = action
        }

        static let stays = Row(nil, .carryOn)

        static func does(_ action: ExchangeMachine.Action) -> Row { Row(nil, action) }
        static func ends(_ action: ExchangeMachine.Action) -> Row { Row(.ended, action) }
    }

    private static func machine(in state: ExchangeMachine.State) throws -> ExchangeMachine {
        var machine = ExchangeMachine()
        for event in try #require(ways[state]) { _ = machine.handle(event) }
        return machine
    }

    @Test func eachStateCanBeReached() throws {
        for state in ExchangeMachine.State.allCases {
            #expect(try Self.machine(in: state).state == state)
        }
    }

    @Test func theTableHasEveryPair() {
        #expect(Self.table.map(\.event) == ExchangeMachine.Event.all)
        for (event, rows) in Self.table {
            #expect(rows.count == ExchangeMachine.State.allCases.count, "\(event)")
        }
    }

    @Test func eachPairLeadsWhereTheTableSays() throws {
        for (event, rows) in Self.table {
            for (state, row) in zip(ExchangeMachine.State.allCases, rows) {
                var machine = try Self.machine(in: state)
                #expect(machine.handle(event) == row.action, "\(state), \(event)")
                #expect(machine.state == row.next ?? state, "\(state), \(event)")
            }
        }
    }

    @Test func onceAnAnswerHasBegunAFailureWithoutAStatusKeepsItsWord() throws {
        for reason in [ExchangeReason.responseBodyTimeout, .responseCut] {
            var machine = try Self.machine(in: .answering)
            #expect(machine.handle(.serverFailed(reason, .none)) == .abort(reason))
        }
    }
}

extension ExchangeMachine.Event {
    /// All of them, with one reason for those that have any. The switch lets no case be added without
    /// coming here.
    static var all: [ExchangeMachine.Event] {
        var events: [ExchangeMachine.Event] = []
        var next: ExchangeMachine.Event? = .headRead
        while let event = next {
            events.append(event)
            next = event.successor
        }
        return events
    }

    private var successor: ExchangeMachine.Event? {
        switch self {
        case .headRead: .allFull
        case .allFull: .picked(isConnected: false)
        case .picked(isConnected: false): .picked(isConnected: true)
        case .picked(isConnected: true): .connected
        case .connected: .requestSent
        case .requestSent: .answerBegan
        case .answerBegan: .tunnelBegan
        case .tunnelBegan: .answerEnded
        case .answerEnded: .serverFailed(.badResponse, .attempt)
        case .serverFailed(_, .attempt): .serverFailed(.badResponse, .none)
        case .serverFailed(_, .none): .refused(.requestBodyTooLarge)
        case .refused: .clientGone(.clientStalled)
        case .clientGone: .deadlinePassed
        case .deadlinePassed: .cut
        case .cut: nil
        }
    }
}
