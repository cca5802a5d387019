import Logging
import Platform

/// Life-cycle logging on standard error: one readable line for each event, colours on a terminal alone.
enum Log {
    /// A logger that lets pass `level` and what is graver.
    static func make(level: Logger.Level) -> Logger {
        var logger = Logger(label: "evenkeel") { _ in LineLogHandler(sink: .standardError) }
        logger.logLevel = level
        return logger
    }
}

/// Writes `2026-11-23 12:00:01.123 info  message`.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let sink: LogSink
    private let hasColours: Bool

    init(sink: LogSink) {
        self.sink = sink
        hasColours = sink.isTerminal
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let message = Self.oneLine("\(event.message)")
        sink.write("\(WallClock.text()) \(word(event.level)) \(message)")
    }

    private func word(_ level: Logger.Level) -> String {
        let (word, colour) =
            switch level {
            case .trace: ("trace", 2)
            case .debug: ("debug", 2)
            case .info: ("info ", 32)
            case .notice: ("note ", 36)
            case .warning: ("warn ", 33)
            case .error, .critical: ("error", 31)
            }
        return hasColours ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
    }

    /// Names and reasons come from files and peers: what could break the line or steer a terminal is
    /// written as an escape.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                escaped += scalar.escaped(asASCII: true)
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
