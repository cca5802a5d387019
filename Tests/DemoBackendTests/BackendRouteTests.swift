import Testing

@testable import DemoBackend

@Suite("The backend's routes")
struct BackendRouteTests {
    @Test(
        "Any path but the special ones is work",
        arguments: ["/", "/a/b", "/healthy", "/x?y=1", "//h/health", "*", "", "?"])
    func anyPathIsWork(target: String) {
        #expect(BackendRoute(target: target) == .work(delay: nil))
    }

    @Test(
        "What browsers ask for by themselves is the icon",
        arguments: [
            "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png",
            "/apple-touch-icon-120x120.png", "/apple-touch-icon-120x120-precomposed.png?x",
        ])
    func icons(target: String) {
        #expect(BackendRoute(target: target) == .icon)
    }

    @Test("A query may ask for a delay")
    func queryAsksForDelay() {
        #expect(BackendRoute(target: "/?delay=20") == .work(delay: 20))
        #expect(BackendRoute(target: "/a?b=c&delay=0&delay=7") == .work(delay: 0))
        #expect(BackendRoute(target: "/?delay=3600000") == .work(delay: 3_600_000))
    }

    @Test("Health and control have paths of their own, also with a query")
    func specialPaths() {
        #expect(BackendRoute(target: "/health") == .health)
        #expect(BackendRoute(target: "/health?from=probe") == .health)
        #expect(BackendRoute(target: "/control") == .control(fixedDelay: nil))
        #expect(BackendRoute(target: "/control?set_delay_ms=150") == .control(fixedDelay: 150))
    }

    @Test(
        "A delay that is no number in the range is refused with what would be right",
        arguments: ["", "abc", "-1", "+1", "1.5", "%31", "3600001", "99999999999999999999", "1%202"])
    func wrongDelay(text: String) {
        for (path, name) in [("/", "delay"), ("/control", "set_delay_ms")] {
            guard case .wrong(let reason) = BackendRoute(target: "\(path)?\(name)=\(text)") else {
                // "%31" is the digit 1, percent-encoded.
                #expect(text == "%31")
                continue
            }
            #expect(reason.contains("\(name) must be a whole number of milliseconds from 0 to 3600000"))
        }
    }
}
