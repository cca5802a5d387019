import Glibc
import Testing

@testable import Platform

/// One after the other: the environment is the whole process's.
@Suite(.serialized) struct EnvironmentTests {
    /// A datagram socket such as systemd's.
    private final class Manager {
        let number: Int32
        private let path: String

        /// - Parameter name: a path, or a name in the abstract namespace after an `@`.
        init(at name: String) throws {
            path = name
            number = socket(
                AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let result = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
            }
            try #require(result == 0)
        }

        deinit {
            close(number)
            if !path.hasPrefix("@") { unlink(path) }
        }

        /// The next message; nil when there is none.
        func next() -> String? {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(number, &bytes, bytes.count, 0)
            return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
        }
    }

    private func with(_ name: String, _ value: String?, _ body: () throws -> Void) rethrows {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
        defer { unsetenv(name) }
        try body()
    }

    @Test(arguments: ["/tmp/evenkeel-notify-\(getpid())", "@evenkeel-notify-\(getpid())"])
    func theServiceManagerIsToldEachState(name: String) throws {
        let manager = try Manager(at: name)
        with("NOTIFY_SOCKET", name) {
            ServiceManager.notify(.ready)
            #expect(manager.next() == "READY=1")
            ServiceManager.notify(.stopping)
            #expect(manager.next() == "STOPPING=1")
            #expect(manager.next() == nil)
        }
    }

    @Test(arguments: [nil, "", "/nonexistent/notify", "@nobody-listens", String(repeating: "x", count: 200)])
    func withoutAServiceManagerNothingHappens(name: String?) {
        with("NOTIFY_SOCKET", name) { ServiceManager.notify(.ready) }
    }

    @Test func allVariablesAreRead() {
        with("EVENKEEL_TEST_PLAIN", "one") {
            with("EVENKEEL_TEST_EQUALS", "a=b=c") {
                with("EVENKEEL_TEST_EMPTY", "") {
                    let all = Environment.all
                    #expect(all["EVENKEEL_TEST_PLAIN"] == "one")
                    #expect(all["EVENKEEL_TEST_EQUALS"] == "a=b=c")
                    #expect(all["EVENKEEL_TEST_EMPTY"] == "")
                    #expect(all["EVENKEEL_TEST_NEVER"] == nil)
                }
            }
        }
    }

    @Test func filesThatCanBeReadAreTold() {
        #expect(Environment.isReadable("/proc/self/exe"))
        #expect(!Environment.isReadable("/nonexistent"))
    }
}
