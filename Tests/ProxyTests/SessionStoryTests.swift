import Testing

@testable import Proxy

/// Whole lives of a session, as the machine tells them.
@Suite struct SessionStoryTests {
    /// What a fresh machine answers to these events.
    private func actions(_ events: SessionMachine.Event...) -> [SessionMachine.Action] {
        var machine = SessionMachine()
        return events.map { machine.handle($0) }
    }

    @Test func aRequestAndItsAnswer() {
        #expect(
            actions(.connected, .serverAnswered, .clientEnded, .serverEnded(.none))
                == [.relay, .carryOn, .carryOn, .close(.finished)])
    }

    @Test func anAnswerThatEndsBeforeTheRequest() {
        #expect(
            actions(.connected, .serverAnswered, .serverEnded(.none), .clientEnded)
                == [.relay, .carryOn, .carryOn, .close(.finished)])
    }

    @Test func aServerThatSaysNothingAndGoes() {
        #expect(
            actions(.connected, .clientEnded, .serverEnded(.none)) == [.relay, .carryOn, .close(.finished)])
        #expect(
            actions(.connected, .serverEnded(.none), .clientEnded) == [.relay, .carryOn, .close(.finished)])
    }

    @Test func theSecondServerIsTriedAndAnswers() {
        #expect(
            actions(.attemptFailed, .connected, .serverAnswered) == [.attempt, .relay, .carryOn])
        #expect(
            actions(.deadlinePassed, .connected, .serverAnswered) == [.attempt, .relay, .carryOn])
    }

    @Test func noServerIsLeftAndTheClientReadsWhy() {
        #expect(
            actions(.attemptFailed, .attemptFailed, .noServerLeft, .clientEnded)
                == [.attempt, .attempt, .refuse, .close(.refused)])
    }

    @Test func aRefusedClientThatNeverLeavesIsClosedAtTheDeadline() {
        #expect(actions(.noServerLeft, .deadlinePassed) == [.refuse, .close(.refused)])
    }

    @Test func theRequestIsReplayedAfterTheClientHadSentAll() {
        #expect(
            actions(
                .connected, .clientEnded, .serverFailed(.replay), .connected, .clientEnded, .serverAnswered,
                .serverEnded(.none))
                == [.relay, .carryOn, .attempt, .relay, .carryOn, .carryOn, .close(.finished)])
    }

    @Test func theReplayFindsNoServer() {
        #expect(
            actions(.connected, .serverEnded(.replay), .noServerLeft, .clientFailed)
                == [.relay, .attempt, .refuse, .close(.refused)])
    }

    @Test func aSessionClosesOnce() {
        #expect(
            actions(.cut, .cut, .clientFailed, .deadlinePassed) == [
                .close(.cut), .carryOn, .carryOn, .carryOn,
            ])
    }
}
