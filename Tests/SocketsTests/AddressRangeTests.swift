import Testing

@testable import Sockets

@Suite struct AddressRangeTests {
    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.0.1:80", true), ("10.0.0.0/8", "11.0.0.0:80", false),
            ("10.0.0.7", "10.0.0.7:80", true), ("10.0.0.7", "10.0.0.8:80", false),
            ("10.0.0.6/31", "10.0.0.7:80", true), ("10.0.0.6/31", "10.0.0.8:80", false),
            ("0.0.0.0/0", "255.255.255.255:80", true), ("0.0.0.0/0", "[::1]:80", false),
            ("::1", "[::1]:80", true), ("::1", "127.0.0.1:80", false),
            ("2001:db8::/33", "[2001:db8:7fff::1]:80", true),
            ("2001:db8::/33", "[2001:db8:8000::]:80", false),
            ("::/0", "[ffff::]:80", true), ("::/0", "unix:/run/web.sock", false),
            ("0.0.0.0/0", "unix:/run/web.sock", false),
        ] as [(String, String, Bool)])
    func aRangeContainsWhatSharesItsPrefix(range: String, peer: String, isWithin: Bool) throws {
        #expect(try AddressRange(range).contains(Endpoint(peer).resolve()) == isWithin)
    }

    @Test func anIPv4ClientIsTheSameOnADualStackListener() throws {
        let mapped = try Endpoint("[::ffff:10.0.0.7]:80").resolve()
        let plain = try Endpoint("10.0.0.7:80").resolve()
        for peer in [mapped, plain] {
            #expect(try AddressRange("10.0.0.0/8").contains(peer))
            #expect(try AddressRange("::ffff:10.0.0.0/104").contains(peer))
            #expect(try AddressRange("::/0").contains(peer))
            #expect(try !AddressRange("11.0.0.0/8").contains(peer))
            #expect(try !AddressRange("::/96").contains(peer))
        }
    }

    @Test(
        arguments: [
            ("127.0.0.1:0", "127.0.0.0/8", true), ("[::1]:0", "::1", true), ("[::1]:0", "::2", false),
        ])
    func aRangeContainsThePeerOfAConnection(listen: String, range: String, isWithin: Bool) throws {
        let connection = try Connection(to: Endpoint(listen))
        let peer = connection.server.peerAddress
        #expect(try AddressRange(range).contains(#require(peer)) == isWithin)
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.7/32", "10.0.0.7"), ("0.0.0.0/0", "0.0.0.0/0"),
            ("0:0::1/128", "::1"), ("2001:DB8::/32", "2001:db8::/32"), ("::/0", "::/0"), ("fe80::", "fe80::"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:0:0/96", "0.0.0.0/0"), ("::/96", "::/96"),
        ])
    func aRangeIsWrittenInItsShortestForm(text: String, description: String) throws {
        let range = try AddressRange(text)
        #expect(range.description == description)
        #expect(try AddressRange(description) == range)
    }

    @Test(
        arguments: [
            ("", "it is empty"),
            ("localhost", "it starts with neither an IPv4 nor an IPv6 address"),
            ("10.0.0/8", "it starts with neither an IPv4 nor an IPv6 address"),
            ("010.0.0.1", "it starts with neither an IPv4 nor an IPv6 address"),
            ("10.0.0.1:80", "it starts with neither an IPv4 nor an IPv6 address"),
            ("[::1]", "it starts with neither an IPv4 nor an IPv6 address"),
            ("fe80::1%lo", "it starts with neither an IPv4 nor an IPv6 address"),
            ("10.0.0.1\0", "it starts with neither an IPv4 nor an IPv6 address"),
            (" 10.0.0.1", "it starts with neither an IPv4 nor an IPv6 address"),
            ("/8", "it starts with neither an IPv4 nor an IPv6 address"),
            ("10.0.0.0/33", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("10.0.0.0/", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("10.0.0.0/08", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("10.0.0.0/8/8", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("10.0.0.0/255.0.0.0", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("10.0.0.0/-1", "the prefix of an IPv4 network is a number from 0 to 32"),
            ("::/129", "the prefix of an IPv6 network is a number from 0 to 128"),
            ("::/99999999999999999999", "the prefix of an IPv6 network is a number from 0 to 128"),
            ("10.1.2.3/8", "it has bits below its prefix; write 10.0.0.0/8, or 10.1.2.3 for the one address"),
            ("10.0.0.1/0", "it has bits below its prefix; write 0.0.0.0/0, or 10.0.0.1 for the one address"),
            (
                "2001:db8::1/32",
                "it has bits below its prefix; write 2001:db8::/32, or 2001:db8::1 for the one address"
            ),
        ])
    func aTextThatIsNoRangeIsExplained(text: String, problem: String) {
        let error = #expect(throws: AddressRangeError.self) { try AddressRange(text) }
        #expect(error == AddressRangeError(text: text, problem: problem))
    }

    @Test func theWholeMessageSaysWhatWouldBeRight() {
        let error = #expect(throws: AddressRangeError.self) { try AddressRange("x") }
        #expect(
            error?.description == """
                "x" is not an address range: it starts with neither an IPv4 nor an IPv6 address \
                (a range is an address such as 10.0.0.7 or ::1, a network such as 10.0.0.0/8, or unix)
                """)
    }
}
