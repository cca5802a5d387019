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
}
