import Testing

/// Files that are no YAML mapping at all.
@Suite struct SyntaxMistakeTests {
    @Test("A file that cannot be understood as YAML is explained", arguments: files)
    func explains(_ file: BadFile) {
        #expect(messages(file.text) == file.expected)
    }

    private static let files = [
        BadFile(
            "a file that is empty",
            "",
            says: """
                evenkeel.yaml:1:1: error: the key "listen" is missing: where clients connect, such as 8080 or 127.0.0.1:8080
                  1 |
                    | ^
                evenkeel.yaml:1:1: error: the key "servers" is missing: a list with an address for each server, such as 127.0.0.1:8081
                  1 |
                    | ^
                """),
        BadFile(
            "a file of comments alone",
            """
            # nothing yet
            """,
            says: """
                evenkeel.yaml:1:1: error: the key "listen" is missing: where clients connect, such as 8080 or 127.0.0.1:8080
                  1 | # nothing yet
                    | ^
                evenkeel.yaml:1:1: error: the key "servers" is missing: a list with an address for each server, such as 127.0.0.1:8081
                  1 | # nothing yet
                    | ^
                """),
        BadFile(
            "a file that is a list",
            """
            - 127.0.0.1:8081
            """,
            says: """
                evenkeel.yaml:1:1: error: the file must be a mapping of keys to values, not a list
                  1 | - 127.0.0.1:8081
                    | ^
                """),
        BadFile(
            "a file that is one word",
            """
            listen
            """,
            says: """
                evenkeel.yaml:1:1: error: the file must be a mapping of keys to values, not a single value
                  1 | listen
                    | ^
                """),
        BadFile(
            "a second document",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            ---
            listen: 9090
            """,
            says: """
                evenkeel.yaml:3:1: error: a second YAML document; a configuration is one
                  3 | ---
                    | ^
                """),
        BadFile(
            "an open bracket",
            """
            listen: 8080
            servers: [127.0.0.1:8081
            """,
            says: """
                evenkeel.yaml:3:1: error: YAML: did not find expected ',' or ']' (while parsing a flow sequence on line 2)
                  3 |
                    | ^
                """),
        BadFile(
            "a tab as indentation",
            #"""
            listen: 8080
            servers:
            \#t- 127.0.0.1:8081
            """#,
            says: #"""
                evenkeel.yaml:3:1: error: YAML: found character that cannot start any token (while scanning for the next token on line 3); indent with spaces, not with tabs
                  3 | \#t- 127.0.0.1:8081
                    | ^
                """#),
        BadFile(
            "wrong indentation",
            """
            listen: 8080
              mode: tcp
            """,
            says: """
                evenkeel.yaml:2:7: error: YAML: mapping values are not allowed in this context
                  2 |   mode: tcp
                    |       ^
                """),
        BadFile(
            "an IPv6 address without quotation marks",
            """
            listen: [::1]:8080
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:10: error: YAML: did not find expected node content (while parsing a flow node on line 1); write an IPv6 address in quotation marks
                  1 | listen: [::1]:8080
                    |          ^
                """),
        BadFile(
            "an alias that nobody defined",
            """
            listen: *port
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: YAML: found undefined alias
                  1 | listen: *port
                    |         ^
                """),
        BadFile(
            "a missing space behind a colon",
            """
            listen:8080
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:2:8: error: YAML: mapping values are not allowed in this context; a space is missing behind "listen:" in line 1
                  2 | servers: [127.0.0.1:8081]
                    |        ^
                """),
        BadFile(
            "a missing space behind a colon in braces",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health: {type:http}
            """,
            says: """
                evenkeel.yaml:3:10: error: a space is missing behind "type:"
                  3 | health: {type:http}
                    |          ^
                """),
        BadFile(
            "a missing space behind the colon of a section's only key",
            """
            listen: 8080
            servers: [127.0.0.1:8081]
            health:
              type:http
            """,
            says: """
                evenkeel.yaml:4:3: error: "health" must be a mapping of keys to values (a space is missing behind "type:"), not a single value
                  4 |   type:http
                    |   ^
                """),
        BadFile(
            "a missing space behind the colon of a server's key",
            """
            listen: 8080
            servers:
              - address:127.0.0.1:9001
            """,
            says: """
                evenkeel.yaml:3:5: error: a space is missing behind "address:"
                  3 |   - address:127.0.0.1:9001
                    |     ^
                """),
        BadFile(
            "a missing space behind a dash",
            """
            listen: 8080
            servers:
              -127.0.0.1:9001
            """,
            says: """
                evenkeel.yaml:3:3: error: "servers" must be a list (a space is missing behind the dash: "- item"), not a single value
                  3 |   -127.0.0.1:9001
                    |   ^
                """),
        BadFile(
            "a control character",
            #"""
            listen: 8080
            mode: \#u{1}tcp
            """#,
            says: """
                evenkeel.yaml:2:7: error: YAML: control characters are not allowed
                  2 | mode: �tcp
                    |       ^
                """),
        BadFile(
            "a tag",
            """
            listen: !env PORT
            servers: [127.0.0.1:8081]
            """,
            says: """
                evenkeel.yaml:1:9: error: the tag "!env" is not supported
                  1 | listen: !env PORT
                    |         ^
                """),
    ]
}
