import Testing

@testable import Proxy

/// Whole lives of a session, as the machine tells them.
@Suite struct SessionStoryTests {
    /// What a fresh machine answers to these events.
    private func actions(_ events: SessionMachine.Event...) -> [SessionMachine.Action] {
        var machine = SessionMachine()
        return events.map { machine.handle($0) }
    }

    @Test func aConversationThatTheClientEndsFirst() {
        #expect(actions(.connected, .clientEnded, .serverEnded) == [.relay, .carryOn, .close(.finished)])
    }

    @Test func aConversationThatTheServerEndsFirst() {
        #expect(actions(.connected, .serverEnded, .clientEnded) == [.relay, .carryOn, .close(.finished)])
    }

    @Test func theSecondServerIsTriedAndAnswers() {
        #expect(actions(.attemptFailed, .connected) == [.attempt, .relay])
        #expect(actions(.deadlinePassed, .connected) == [.attempt, .relay])
    }

    @Test func noServerIsLeft() {
        #expect(
            actions(.attemptFailed, .attemptFailed, .noServerLeft) == [.attempt, .attempt, .close(.refused)])
    }

    @Test func oneSideBreaksAfterTheOtherHasSentAll() {
        #expect(
            actions(.connected, .clientEnded, .serverFailed) == [.relay, .carryOn, .close(.serverAborted)])
        #expect(
            actions(.connected, .serverEnded, .clientFailed) == [.relay, .carryOn, .close(.clientAborted)])
    }

    @Test func aSessionClosesOnce() {
        #expect(
            actions(.cut, .cut, .clientFailed, .deadlinePassed) == [
                .close(.cut), .carryOn, .carryOn, .carryOn,
            ])
    }
}
