import Testing

@testable import Configuration

/// A mistake that an alias repeats is told with both places.
@Suite struct AliasMistakeTests {
    @Test("A mistake behind an alias is told at the anchor and at each alias", arguments: files)
    func tellsBothPlaces(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "a section that is wrong in one of its places alone",
            """
            services:
              a: {listen: 1, servers: ["h:1"], health: &h {consecutive_failures: 3}}
              b: {listen: 2, servers: ["h:2"], health: *h, mode: tcp}
            """,
            says: """
                evenkeel.yaml:2:48: error: "consecutive_failures" has no meaning in mode tcp: write "mode: http", or leave it out
                  2 |   a: {listen: 1, servers: ["h:1"], health: &h {consecutive_failures: 3}}
                    |                                                ^
                evenkeel.yaml:3:44: note: used here, by an alias
                  3 |   b: {listen: 2, servers: ["h:2"], health: *h, mode: tcp}
                    |                                            ^
                """),
        BadFile(
            "a value that is wrong in both places, which is one mistake",
            """
            listen: 8080
            servers: [{address: "h:1", weight: &w 0}, {address: "h:2", weight: *w}]
            """,
            says: """
                evenkeel.yaml:2:36: error: "0" is not a whole number from 1 to 256
                  2 | servers: [{address: "h:1", weight: &w 0}, {address: "h:2", weight: *w}]
                    |                                    ^
                evenkeel.yaml:2:68: note: used here, by an alias
                  2 | servers: [{address: "h:1", weight: &w 0}, {address: "h:2", weight: *w}]
                    |                                                                    ^
                """),
        BadFile(
            "an alias within what an alias stands for",
            """
            services:
              a:
                listen: 1
                servers:
                  - &one {address: "h:1", weight: x}
                  - {address: "h:2", name: y}
              b:
                listen: 2
                servers: &s [*one]
              c:
                listen: 3
                servers: *s
            """,
            says: """
                evenkeel.yaml:5:39: error: "x" is not a whole number from 1 to 256
                  5 |       - &one {address: "h:1", weight: x}
                    |                                       ^
                evenkeel.yaml:9:18: note: used here, by an alias
                  9 |     servers: &s [*one]
                    |                  ^
                evenkeel.yaml:12:14: note: used here, by an alias
                  12 |     servers: *s
                     |              ^
                """),
        BadFile(
            "asterisks that are no aliases",
            """
            listen: &l "*l" # *l
            mode: 'it''s *l'
            servers: [a *l, *l] # - *l
            """,
            says: """
                evenkeel.yaml:1:9: error: "*l" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  1 | listen: &l "*l" # *l
                    |         ^
                evenkeel.yaml:3:17: note: used here, by an alias
                  3 | servers: [a *l, *l] # - *l
                    |                 ^
                evenkeel.yaml:2:7: error: unknown mode "it's *l" (http, tcp)
                  2 | mode: 'it''s *l'
                    |       ^
                evenkeel.yaml:3:11: error: "a *l" is not an address: the port is missing (an address is port, host:port, [IPv6]:port or unix:/path)
                  3 | servers: [a *l, *l] # - *l
                    |           ^
                """),
    ]

    @Test("Of a mistake with many aliases the first are shown and the others counted")
    func many() {
        let aliases = Array(repeating: "*w", count: 30).joined(separator: ", ")
        let text = "listen: 80\nservers: [&w x, \(aliases)]\n"
        let said = messages(text)
        #expect(said.split(separator: "note: used here").count == 9)
        #expect(said.hasSuffix("\n  and by more aliases: 22"))
    }

    @Test("The aliases of a text are found where a token can begin")
    func scanning() {
        let text = """
            a: *one
            b: [*two, "*x", {c: *three}] # *x
            ? *four
            d: |
              *x
            e: "open
              *x" 
            f: &f !t *five
            g: x *x
            - *six
            """
        let found = AliasScanner.aliases(in: SourceText(name: "f", text: text))
        #expect(found.map(\.line) == [1, 2, 2, 3, 8, 10])
        #expect(found.map(\.scalar) == [4, 5, 21, 3, 10, 3])
    }
}
