/// What is wrong with a message. The raw value is the stable word that logs, metrics and pages show.
///
/// A violation by a client is answered with `status` and ends its connection: where the message ends is
/// not known any more. A violation by a server is a 502, whatever `status` says.
public enum HTTPViolation: String, Error, CaseIterable, Sendable {
    // The request line: RFC 9112, sections 2.2, 2.3 and 3.
    case tlsHello = "tls_hello"
    case extraEmptyLine = "extra_empty_line"
    case invalidMethod = "invalid_method"
    case methodTooLong = "method_too_long"
    case connectRefused = "connect_refused"
    case traceRefused = "trace_refused"
    case invalidTarget = "invalid_target"
    case fragmentInTarget = "fragment_in_target"
    case unsupportedScheme = "unsupported_scheme"
    case asteriskTarget = "asterisk_target"
    case requestLineTooLong = "request_line_too_long"
    case missingVersion = "missing_version"
    case invalidVersion = "invalid_version"
    case unsupportedVersion = "unsupported_version"

    // The status line: RFC 9112, section 4.
    case invalidStatusLine = "invalid_status_line"
    case invalidStatusCode = "invalid_status_code"

    // Lines and fields: RFC 9112, sections 2.2 and 5.
    case bareLineFeed = "bare_line_feed"
    case bareCarriageReturn = "bare_carriage_return"
    case lineFolding = "line_folding"
    case emptyFieldName = "empty_field_name"
    case invalidFieldName = "invalid_field_name"
    case spaceBeforeColon = "space_before_colon"
    case missingColon = "missing_colon"
    case controlByteInField = "control_byte_in_field"
    case headTooLarge = "head_too_large"
    case tooManyFields = "too_many_fields"

    // Single fields: RFC 9110, sections 7.2, 7.6.1, 8.6 and 10.1.1; RFC 9112, sections 3.2 and 6.
    case missingHost = "missing_host"
    case repeatedHost = "repeated_host"
    case invalidHost = "invalid_host"
    case tooManyConnectionOptions = "too_many_connection_options"
    case unsupportedExpectation = "unsupported_expectation"
    case invalidContentLength = "invalid_content_length"
    case repeatedContentLength = "repeated_content_length"
    case contentLengthTooLarge = "content_length_too_large"
    case contentLengthWithTransferEncoding = "content_length_with_transfer_encoding"
    case invalidTransferEncoding = "invalid_transfer_encoding"
    case repeatedChunked = "repeated_chunked"
    case chunkedNotLast = "chunked_not_last"
    case transferEncodingInOldVersion = "transfer_encoding_in_old_version"
    case unsupportedTransferCoding = "unsupported_transfer_coding"

    // The chunked coding: RFC 9112, section 7.1.
    case invalidChunkSize = "invalid_chunk_size"
    case chunkSizeTooLarge = "chunk_size_too_large"
    case invalidChunkExtension = "invalid_chunk_extension"
    case chunkExtensionTooLong = "chunk_extension_too_long"
    case invalidChunkEnd = "invalid_chunk_end"
    case trailersTooLarge = "trailers_too_large"

    /// The stable word: lower case, letters and underscores alone.
    public var reason: String { rawValue }

    /// The status that answers a request with this fault.
    public var status: Int {
        switch self {
        case .connectRefused, .traceRefused: 405
        case .requestLineTooLong: 414
        case .unsupportedExpectation: 417
        case .headTooLarge, .tooManyFields, .trailersTooLarge: 431
        case .methodTooLong, .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// Whether what the message means can be understood all the same, so that to refuse it is a choice: fields are
    /// malformed or contradict one another, or something is over a limit. What is left is no HTTP.
    public var isUnderstood: Bool {
        switch self {
        case .invalidStatusLine, .invalidStatusCode, .invalidVersion, .unsupportedVersion, .missingVersion,
            .tlsHello,
            .invalidChunkSize, .chunkSizeTooLarge, .invalidChunkEnd, .bareCarriageReturn, .missingColon:
            false
        default: true
        }
    }

    /// What is wrong, in a sentence without a capital and a full stop.
    public var sentence: String {
        switch self {
        case .tlsHello: "TLS was spoken where plain HTTP is"
        case .extraEmptyLine: "more than one empty line came before the request"
        case .invalidMethod: "the method has a byte that none may have"
        case .methodTooLong: "the method is longer than any that is known"
        case .connectRefused: "CONNECT is for a forward proxy, and this is none"
        case .traceRefused: "TRACE would show fields that are secrets"
        case .invalidTarget: "the target has a byte that none may have, or is no path"
        case .fragmentInTarget: "the target has a fragment, which clients keep to themselves"
        case .unsupportedScheme: "the target's scheme is not http"
        case .asteriskTarget: "the target * is for OPTIONS alone"
        case .requestLineTooLong: "the request line is over \(HeadLimits.standard.requestLineBytes) bytes"
        case .missingVersion: "the request line has no version"
        case .invalidVersion: "the version is malformed"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .invalidStatusLine: "the status line is malformed"
        case .invalidStatusCode: "the status is not a number from 100 to 999"
        case .bareLineFeed: "a line ends in LF alone"
        case .bareCarriageReturn: "a CR stands without its LF"
        case .lineFolding: "a field's value goes on in a second line"
        case .emptyFieldName: "a field has no name"
        case .invalidFieldName: "a field's name has a byte that none may have"
        case .spaceBeforeColon: "a blank stands before a field's colon"
        case .missingColon: "a field's line has no colon"
        case .controlByteInField: "a field's value has a control byte"
        case .headTooLarge: "the head is over \(HeadLimits.standard.headBytes) bytes"
        case .tooManyFields:
            "the head has more than \(HeadLimits.standard.fields) fields, or the trailers more than \(HeadLimits.trailers.fields)"
        case .missingHost: "there is no Host field"
        case .repeatedHost: "there is more than one Host field"
        case .invalidHost: "the Host field is malformed"
        case .tooManyConnectionOptions: "Connection has more than \(HeadLimits.connectionOptions) members"
        case .unsupportedExpectation: "of expectations only 100-continue is known"
        case .invalidContentLength: "Content-Length is not a number"
        case .repeatedContentLength: "there is more than one Content-Length"
        case .contentLengthTooLarge: "Content-Length is over 2^63 - 1"
        case .contentLengthWithTransferEncoding: "Content-Length and Transfer-Encoding contradict each other"
        case .invalidTransferEncoding: "Transfer-Encoding is malformed"
        case .repeatedChunked: "Transfer-Encoding says chunked twice"
        case .chunkedNotLast: "a coding follows chunked, which has to be the last"
        case .transferEncodingInOldVersion: "Transfer-Encoding stands in a message of HTTP/1.0"
        case .unsupportedTransferCoding: "of transfer codings only chunked is known"
        case .invalidChunkSize: "a chunk's size is malformed"
        case .chunkSizeTooLarge:
            "a chunk's size is over 2^63 - 1, or has more than \(ChunkedDecoder.sizeDigits) digits"
        case .invalidChunkExtension: "a chunk's extension is malformed"
        case .chunkExtensionTooLong: "a chunk's extension is over \(ChunkedDecoder.extensionBytesLimit) bytes"
        case .invalidChunkEnd: "a chunk does not end where its size says"
        case .trailersTooLarge: "the trailers are over \(HeadLimits.trailers.headBytes) bytes"
        }
    }
}
