import Glibc
import Testing

@testable import Sockets

/// Addresses compared as the kernel does; the kernel itself is asked where it can be.
@Suite struct ListenScopeTests {
    private static let hosts = [
        "0.0.0.0", "127.0.0.1", "127.0.0.2", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:0.0.0.0]",
    ]

    /// On a port that is free for all of them, as far as anybody knows.
    private static func scope(_ host: String, _ port: UInt16) throws -> ListenScope {
        ListenScope(of: try address(host, port))
    }

    private static func address(_ host: String, _ port: UInt16) throws -> SocketAddress {
        try #require(Endpoint("\(host):\(port)").knownAddresses.first)
    }

    @Test(arguments: hosts, hosts)
    func twoListenersOverlapWhenTheKernelRefusesTheSecond(first: String, second: String) throws {
        let listener = try ListeningSocket.listen(on: Self.address(first, 0))
        let port = try #require(listener.address.port)
        let other = try Self.address(second, port)
        var isRefused = false
        do throws(SystemError) {
            _ = try ListeningSocket.listen(on: other)
        } catch {
            isRefused = error.isAddressInUse
        }
        #expect(try Self.scope(first, port).overlaps(Self.scope(second, port)) == isRefused)
    }

    @Test(arguments: hosts, hosts)
    func aListenerTakesWhatTheKernelConnectsToIt(listen: String, server: String) throws {
        let listener = try ListeningSocket.listen(on: Self.address(listen, 0))
        let port = try #require(listener.address.port)
        let destination = try Self.address(server, port)
        let client = try Socket.connect(to: destination)
        let isReached = listener.hasClient()
        _ = consume client
        #expect(try Self.scope(listen, port).takes(destination, on: LocalAddresses()) == isReached)
    }

    @Test func anotherPortAndPortZeroNeverMeet() throws {
        #expect(try !Self.scope("0.0.0.0", 80).overlaps(Self.scope("0.0.0.0", 81)))
        #expect(try !Self.scope("0.0.0.0", 0).overlaps(Self.scope("0.0.0.0", 0)))
        #expect(try !Self.scope("0.0.0.0", 80).takes(Self.address("127.0.0.1", 81), on: LocalAddresses()))
    }

    @Test func aWildcardTakesNothingOfOtherMachines() throws {
        // RFC 5737 and RFC 3849: addresses of nobody.
        for host in ["192.0.2.1", "[2001:db8::1]"] {
            #expect(try !Self.scope("[::]", 80).takes(Self.address(host, 80), on: LocalAddresses()))
        }
    }

    @Test func localhostIsBothLoopbackAddressesAndOtherNamesAreNotKnown() throws {
        let localhost = try Endpoint("LocalHost:80").knownAddresses
        #expect(localhost.map(\.description) == ["127.0.0.1:80", "[::1]:80"])
        #expect(try Endpoint("web.localhost:80").knownAddresses.count == 2)
        #expect(try Endpoint("localhost.example:80").knownAddresses.isEmpty)
    }

    @Test func noLinkHidesASocketFile() throws {
        let folder = "/tmp/evenkeel-scope-\(getpid())"
        mkdir(folder, 0o700)
        defer { ["b", "link/", "c", ""].forEach { remove("\(folder)/\($0)") } }
        mkdir("\(folder)/real", 0o700)
        defer { remove("\(folder)/real") }
        symlink("real", "\(folder)/link")
        defer { remove("\(folder)/link") }
        symlink("link/a", "\(folder)/b")
        symlink("\(folder)/b", "\(folder)/c")
        let listener = ListenScope(of: SocketAddress(unixPath: "\(folder)/real/a"))
        for path in ["real/a", "link/a", "real/../real//a", "b", "c", "./link/./a"] {
            let destination = SocketAddress(unixPath: "\(folder)/\(path)")
            #expect(listener.takes(destination, on: LocalAddresses()), "\(path)")
        }
        let other = SocketAddress(unixPath: "\(folder)/real/b")
        #expect(!listener.takes(other, on: LocalAddresses()))
        #expect(listener.overlaps(ListenScope(of: SocketAddress(unixPath: "\(folder)/link/a"))))
        // bind(2) would refuse a link, whatever it leads to.
        #expect(!listener.overlaps(ListenScope(of: SocketAddress(unixPath: "\(folder)/b"))))
    }

    @Test func aFolderThatIsNotThereYetIsComparedAsText() throws {
        let listener = ListenScope(of: SocketAddress(unixPath: "/run/evenkeel-nowhere/a.sock"))
        let destination = SocketAddress(unixPath: "/run//evenkeel-nowhere/./a.sock")
        #expect(listener.takes(destination, on: LocalAddresses()))
    }
}

extension ListeningSocket {
    /// Whether a client waits, who has connected on this machine.
    fileprivate func hasClient() -> Bool {
        if case .connection = accept() { true } else { false }
    }
}
