import Testing

@testable import Proxy

/// Whole lives of an exchange, as the machine tells them.
@Suite struct ExchangeStoryTests {
    /// What a fresh machine answers to these events.
    private func actions(_ events: ExchangeMachine.Event...) -> [ExchangeMachine.Action] {
        var machine = ExchangeMachine()
        return events.map { machine.handle($0) }
    }

    private static let refused = ExchangeMachine.Event.attemptFailed(.notConnected, [])
    private static let refusal = ExchangeMachine.Action.leaveServer(
        .notConnected, mayRepeat: true)

    @Test func aRequestOverAConnectionOfItsOwn() {
        #expect(
            actions(
                .clientReady, .headRead, .picked(isConnected: false), .serverReady, .connected, .requestSent,
                .serverReady, .answerBegan, .answerEnded)
                == [
                    .readHead, .pick, .carryOn, .finishConnecting, .send, .awaitAnswer, .readAnswer,
                    .beginMoving,
                    .finish,
                ])
    }

    @Test func aRequestOverAKeptConnection() {
        #expect(
            actions(.headRead, .picked(isConnected: true), .requestSent, .answerBegan, .answerEnded)
                == [.pick, .send, .awaitAnswer, .beginMoving, .finish])
    }

    @Test func theServerAnswersBeforeItHasTheWholeRequest() {
        #expect(
            actions(.headRead, .picked(isConnected: true), .answerBegan, .requestSent, .answerEnded)
                == [.pick, .send, .beginMoving, .carryOn, .finish])
    }

    @Test func aServerStopsReadingAndSaysWhy() {
        #expect(
            actions(
                .headRead, .picked(isConnected: true), .serverDeaf, .answerBegan, .serverDeaf, .answerEnded)
                == [.pick, .send, .readLastWords, .beginMoving, .carryOn, .finish])
    }

    @Test func aKeptConnectionWasDeadAndAFreshOneAnswers() {
        let stale: ExchangeMachine.Progress = [.sent, .repeatable, .reused]
        #expect(
            actions(
                .headRead, .picked(isConnected: true), .attemptFailed(.serverClosed, stale),
                .picked(isConnected: false), .connected, .requestSent, .answerBegan, .answerEnded)
                == [.pick, .send, .reconnect, .carryOn, .send, .awaitAnswer, .beginMoving, .finish])
    }

    @Test func aServerThatRefusesAtOnceIsFollowedByTheNext() {
        #expect(
            actions(.headRead, Self.refused, .mayTryAnother, Self.refused, .failed(.connectFailed))
                == [.pick, Self.refusal, .pick, Self.refusal, .answer(.connectFailed)])
    }

    @Test func aTurnInTheQueueThatBringsNoRoomChangesNothing() {
        #expect(
            actions(.headRead, .allFull, .headRead, .allFull, .headRead, .picked(isConnected: true))
                == [.pick, .wait, .pick, .carryOn, .pick, .send])
    }

    @Test func afterAFailureAllOthersAreFull() {
        #expect(
            actions(
                .headRead, .picked(isConnected: false), Self.refused, .mayTryAnother, .allFull,
                .deadlinePassed(.server))
                == [.pick, .carryOn, Self.refusal, .pick, .wait, .answer(.queueTimeout)])
    }

    @Test func aTunnelEndsWhenNothingMoves() {
        #expect(
            actions(
                .headRead, .picked(isConnected: true), .requestSent, .tunnelBegan, .deadlinePassed(.server))
                == [.pick, .send, .awaitAnswer, .beginTunnel, .finish])
    }

    @Test func anExchangeEndsOnce() {
        #expect(
            actions(.clientGone(.clientClosed), .clientGone(.clientClosed), .deadlinePassed(.reader), .cut)
                == [.abort(.clientClosed), .carryOn, .carryOn, .carryOn])
    }
}
