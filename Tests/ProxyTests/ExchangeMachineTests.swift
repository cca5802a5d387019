import Sockets
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

    /// What each event leads to. A state that is missing stays, and nothing is done.
    private static let table: [(event: ExchangeMachine.Event, rows: [ExchangeMachine.State: Row])] = [
        (
            .clientReady,
            [
                .reading: .does(.readHead), .sending: .does(.sendOn), .awaiting: .does(.passInterim),
                .answering: .does(.move), .tunnelling: .does(.pumpTunnel),
            ]
        ),
        (.clientBroke, each(beforeAnswer + [.answering], .ends(.abort(.clientClosed)))),
        (
            .serverReady,
            [
                .connecting: .does(.finishConnecting), .sending: .does(.readAnswerAndSendOn),
                .awaiting: .does(.readAnswer), .answering: .does(.move), .tunnelling: .does(.pumpTunnel),
            ]
        ),
        (
            .resumed,
            [
                .sending: .does(.readAnswerAndSendOn), .awaiting: .does(.readAnswer),
                .answering: .does(.move), .tunnelling: .does(.pumpTunnel),
            ]
        ),
        (
            .deadlinePassed(.sender),
            late(
                sending: .answer(.requestBodyTimeout),
                awaiting: .answer(.responseHeadTimeout, blaming: .noResponse),
                answering: .abort(.responseBodyTimeout, blaming: .stalled))
        ),
        (
            .deadlinePassed(.bodyAhead),
            late(
                sending: .answer(.requestBodyTimeout),
                awaiting: .answer(.responseHeadTimeout, blaming: .noResponse),
                answering: .abort(.responseBodyTimeout, blaming: .stalled)
            ).merging([.reading: .does(.readHeadAlone)]) { $1 }
        ),
        (
            .deadlinePassed(.reader),
            late(
                sending: .abort(.clientStalled), awaiting: .abort(.clientStalled),
                answering: .abort(.clientStalled))
        ),
        (
            .deadlinePassed(.server),
            late(
                sending: .answer(.responseHeadTimeout, blaming: .stoppedReading),
                awaiting: .answer(.responseHeadTimeout, blaming: .noResponse),
                answering: .abort(.responseBodyTimeout, blaming: .stalled))
        ),
        (
            .deadlinePassed(.nobody),
            late(
                sending: .answer(.requestBodyTimeout),
                awaiting: .answer(.responseHeadTimeout, blaming: .noResponse),
                answering: .abort(.responseBodyTimeout))
        ),
        (
            .drained(unsent),
            each(withServer, .does(.leaveServer(.drained, mayRepeat: true)))
                .merging(each(begun, .ends(.abort(.drainDeadline)))) { $1 }
        ),
        (.cut, each(beforeAnswer + begun, .ends(.abort(.cut)))),
        (.headRead, [.reading: .does(.pick), .queued: .does(.pick)]),
        (.allFull, each([.reading, .connecting, .sending, .awaiting], Row(.queued, .wait))),
        (.picked(isConnected: false), each(beforeAnswer, Row(.connecting, .carryOn))),
        (.picked(isConnected: true), each(beforeAnswer, Row(.sending, .send))),
        (.connected, each(beforeAnswer, Row(.sending, .send))),
        (.requestSent, [.sending: Row(.awaiting, .awaitAnswer)]),
        (.serverDeaf, [.sending: .does(.readLastWords)]),
        (.answerBegan, each([.sending, .awaiting], Row(.answering, .beginMoving))),
        (.tunnelBegan, each([.sending, .awaiting], Row(.tunnelling, .beginTunnel))),
        (.answerEnded, each(begun, .ends(.finish))),
        (
            .attemptFailed(.notConnected, unsent),
            each(
                beforeAnswer, .does(.leaveServer(.notConnected, mayRepeat: true)))
        ),
        (.attemptFailed(.serverClosed, stale), each(beforeAnswer, Row(.connecting, .reconnect))),
        (
            .attemptFailed(.drained, unsent),
            each(beforeAnswer, .does(.leaveServer(.drained, mayRepeat: true)))
        ),
        (.mayTryAnother, each(beforeAnswer, Row(.connecting, .pick))),
        (
            .failed(.badResponse),
            each(beforeAnswer, .ends(.answer(.badResponse)))
                .merging(each(begun, .ends(.abort(.responseCut)))) { $1 }
        ),
        (.clientGone(.clientStalled), each(beforeAnswer + begun, .ends(.abort(.clientStalled)))),
    ]

    private static let beforeAnswer: [ExchangeMachine.State] = [
        .reading, .queued, .connecting, .sending, .awaiting,
    ]
    private static let withServer: [ExchangeMachine.State] = [.connecting, .sending, .awaiting]
    private static let begun: [ExchangeMachine.State] = [.answering, .tunnelling]
    private static let unsent: ExchangeMachine.Progress = []
    /// A kept connection that died between two exchanges.
    private static let stale: ExchangeMachine.Progress = [.sent, .repeatable, .reused]

    private static func each(
        _ states: [ExchangeMachine.State], _ row: Row
    ) -> [ExchangeMachine.State: Row] {
        Dictionary(uniqueKeysWithValues: states.map { ($0, row) })
    }

    /// What a deadline leads to: in most states it does not matter who is waited for.
    private static func late(
        sending: ExchangeMachine.Action, awaiting: ExchangeMachine.Action, answering: ExchangeMachine.Action
    ) -> [ExchangeMachine.State: Row] {
        [
            .reading: .ends(.answer(.requestHeadTimeout)), .queued: .ends(.answer(.queueTimeout)),
            .connecting: .does(.giveUpConnecting), .sending: .ends(sending), .awaiting: .ends(awaiting),
            .answering: .ends(answering), .tunnelling: .ends(.finish),
        ]
    }

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

    @Test func theTableHasEveryEvent() {
        #expect(Self.table.map(\.event) == ExchangeMachine.Event.all)
    }

    @Test func eachPairLeadsWhereTheTableSays() throws {
        for (event, rows) in Self.table {
            for state in ExchangeMachine.State.allCases {
                let row = rows[state] ?? .stays
                var machine = try Self.machine(in: state)
                #expect(machine.handle(event) == row.action, "\(state), \(event)")
                #expect(machine.state == row.next ?? state, "\(state), \(event)")
            }
        }
    }

    @Test func onceAnAnswerHasBegunAFailureWithoutAStatusKeepsItsWord() throws {
        for reason in [ExchangeReason.responseBodyTimeout, .responseCut] {
            var machine = try Self.machine(in: .answering)
            #expect(machine.handle(.failed(reason)) == .abort(reason))
        }
    }

    @Test(
        arguments: [
            ([], true),
            ([.sent], false),
            ([.sent, .repeatable], true),
            ([.sent, .repeatable, .answered], true),
            ([.interim], false),
            ([.sent, .repeatable, .interim], false),
        ] as [(ExchangeMachine.Progress, Bool)])
    func aRequestIsRepeatedOnlyWhileThatMeansTheSame(_ progress: ExchangeMachine.Progress, may: Bool) throws {
        var machine = try Self.machine(in: .awaiting)
        #expect(
            machine.handle(.attemptFailed(.serverClosed, progress))
                == .leaveServer(.serverClosed, mayRepeat: may))
    }

    @Test(
        arguments: [
            [.sent, .repeatable, .answered, .reused],
            [.sent, .reused],
        ] as [ExchangeMachine.Progress])
    func aKeptConnectionThatDiedIsMadeAnewOnlyBeforeTheAnswerAndIfTheRequestMayBeRepeated(
        _ progress: ExchangeMachine.Progress
    ) throws {
        var machine = try Self.machine(in: .awaiting)
        #expect(
            machine.handle(.attemptFailed(.serverClosed, progress))
                == .leaveServer(.serverClosed, mayRepeat: progress.mayRepeat))
    }
}

extension ExchangeMachine.Event {
    /// All of them, with one reason for those that have any. The switch lets no case be added without
    /// coming here.
    static var all: [ExchangeMachine.Event] {
        var events: [ExchangeMachine.Event] = []
        var next: ExchangeMachine.Event? = .clientReady
        while let event = next {
            events.append(event)
            next = event.successor
        }
        return events
    }

    private var successor: ExchangeMachine.Event? {
        let unsent: ExchangeMachine.Progress = []
        return switch self {
        case .clientReady: .clientBroke
        case .clientBroke: .serverReady
        case .serverReady: .resumed
        case .resumed: .deadlinePassed(.sender)
        case .deadlinePassed(.sender): .deadlinePassed(.bodyAhead)
        case .deadlinePassed(.bodyAhead): .deadlinePassed(.reader)
        case .deadlinePassed(.reader): .deadlinePassed(.server)
        case .deadlinePassed(.server): .deadlinePassed(.nobody)
        case .deadlinePassed(.nobody): .drained(unsent)
        case .drained: .cut
        case .cut: .headRead
        case .headRead: .allFull
        case .allFull: .picked(isConnected: false)
        case .picked(isConnected: false): .picked(isConnected: true)
        case .picked(isConnected: true): .connected
        case .connected: .requestSent
        case .requestSent: .serverDeaf
        case .serverDeaf: .answerBegan
        case .answerBegan: .tunnelBegan
        case .tunnelBegan: .answerEnded
        case .answerEnded: .attemptFailed(.notConnected, unsent)
        case .attemptFailed(.notConnected, _):
            .attemptFailed(
                .serverClosed,
                [.sent, .repeatable, .reused] as ExchangeMachine.Progress)
        case .attemptFailed(.serverClosed, _): .attemptFailed(.drained, unsent)
        case .attemptFailed(.drained, _): .mayTryAnother
        case .mayTryAnother: .failed(.badResponse)
        case .failed: .clientGone(.clientStalled)
        case .clientGone: nil
        }
    }
}
