import Testing

@testable import Proxy

/// Whole lives of an exchange, as the machine tells them.
@Suite struct ExchangeStoryTests {
    /// What a fresh machine answers to these events.
    private func actions(_ events: ExchangeMachine.Event...) -> [ExchangeMachine.Action] {
        var machine = ExchangeMachine()
        return events.map { machine.handle($0) }
    }

    @Test func aRequestOverAConnectionOfItsOwn() {
        #expect(
            actions(
                .headRead, .picked(isConnected: false), .connected, .requestSent, .answerBegan, .answerEnded)
                == [.pick, .carryOn, .send, .carryOn, .carryOn, .finish])
    }

    @Test func aRequestOverAKeptConnection() {
        #expect(
            actions(.headRead, .picked(isConnected: true), .requestSent, .answerBegan, .answerEnded)
                == [.pick, .send, .carryOn, .carryOn, .finish])
    }

    @Test func theServerAnswersBeforeItHasTheWholeRequest() {
        #expect(
            actions(.headRead, .picked(isConnected: true), .answerBegan, .requestSent, .answerEnded)
                == [.pick, .send, .carryOn, .carryOn, .finish])
    }

    @Test func aKeptConnectionWasDeadAndAFreshOneAnswers() {
        #expect(
            actions(
                .headRead, .picked(isConnected: true), .serverFailed(.serverClosed, .attempt),
                .picked(isConnected: false), .connected, .requestSent, .answerBegan, .answerEnded)
                == [.pick, .send, .pick, .carryOn, .send, .carryOn, .carryOn, .finish])
    }

    @Test func aServerThatRefusesAtOnceIsFollowedByTheNext() {
        #expect(
            actions(
                .headRead, .serverFailed(.connectFailed, .attempt), .serverFailed(.connectFailed, .none))
                == [.pick, .pick, .answer(.connectFailed)])
    }

    @Test func aTurnInTheQueueThatBringsNoRoomChangesNothing() {
        #expect(
            actions(.headRead, .allFull, .headRead, .allFull, .headRead, .picked(isConnected: true))
                == [.pick, .wait, .pick, .carryOn, .pick, .send])
    }

    @Test func afterAFailureAllOthersAreFull() {
        #expect(
            actions(
                .headRead, .picked(isConnected: false), .serverFailed(.connectFailed, .attempt), .allFull,
                .deadlinePassed)
                == [.pick, .carryOn, .pick, .wait, .answer(.queueTimeout)])
    }

    @Test func aTunnelEndsWhenNothingMoves() {
        #expect(
            actions(.headRead, .picked(isConnected: true), .requestSent, .tunnelBegan, .deadlinePassed)
                == [.pick, .send, .carryOn, .carryOn, .finish])
    }

    @Test func anExchangeEndsOnce() {
        #expect(
            actions(.clientGone(.clientClosed), .clientGone(.clientClosed), .deadlinePassed, .cut)
                == [.abort(.clientClosed), .carryOn, .carryOn, .carryOn])
    }
}
