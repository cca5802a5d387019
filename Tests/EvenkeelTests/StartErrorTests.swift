import Glibc
import Sockets
import Testing

@testable import evenkeel

@Suite struct StartErrorTests {
    private let endpoint = Endpoint.tcp(host: "127.0.0.1", port: 80)

    @Test func anAddressThatIsTakenComesWithAHint() {
        #expect(
            "\(StartError.listening(on: endpoint, SystemError(code: EADDRINUSE)))"
                == "cannot listen on 127.0.0.1:80: address already in use "
                + "(another program listens there; \"ss -ltnp\" tells which)")
    }

    @Test func anyOtherErrorIsInTheSystemsWords() {
        #expect(
            "\(StartError.listening(on: endpoint, SystemError(code: EACCES)))"
                == "cannot listen on 127.0.0.1:80: permission denied")
    }

    @Test func anAddressThatAListenerOfOursTakesIsToldAsThat() throws {
        let bound = [
            OwnListener(owner: "the service \"a\"", address: try Endpoint("127.0.0.1:81").resolve()),
            OwnListener(owner: "the service \"b\"", address: try Endpoint("0.0.0.0:80").resolve()),
        ]
        let error = StartError.listening(
            on: endpoint, at: try endpoint.resolve(), SystemError(code: EADDRINUSE), beside: bound)
        #expect(
            "\(error)" == "cannot listen on 127.0.0.1:80: address already in use "
                + "(the service \"b\" listens on 0.0.0.0:80)")
    }
}
