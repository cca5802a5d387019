import Glibc
import Testing

@testable import Platform

@Suite struct LogSinkTests {
    /// A pipe's two ends; the writing one waits when the pipe is full, as a log's standard error does.
    private final class Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(Glibc.pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
            try #require(fcntl(reading, F_SETFL, O_NONBLOCK) == 0)
        }

        deinit {
            close(reading)
            close(writing)
        }

        /// Takes all that was written.
        func take() -> String {
            var text = ""
            var bytes = [UInt8](repeating: 0, count: 1 << 17)
            while true {
                let count = read(reading, &bytes, bytes.count)
                guard count > 0 else { return text }
                text += String(decoding: bytes.prefix(count), as: UTF8.self)
            }
        }

        /// Writes until nothing more fits.
        func fill() {
            let flags = fcntl(writing, F_GETFL)
            _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            while write(writing, bytes, bytes.count) > 0 {}
            _ = fcntl(writing, F_SETFL, flags)
        }
    }

    private let pipe: Pipe
    private let sink: LogSink

    init() throws {
        pipe = try Pipe()
        sink = LogSink(number: pipe.writing)
    }

    @Test func aLineIsWrittenWithItsEnd() {
        sink.write("one")
        sink.write("two")
        #expect(pipe.take() == "one\ntwo\n")
    }

    @Test func aFullPipeIsNotWaitedForAndTheLossIsTold() {
        pipe.fill()
        sink.write("lost")
        sink.write("lost too")
        _ = pipe.take()
        sink.write("back")
        #expect(pipe.take() == "(2 log lines were lost: nobody took them)\nback\n")
        sink.write("again")
        #expect(pipe.take() == "again\n")
    }

    @Test func aPipeThatIsFullAgainKeepsCounting() {
        pipe.fill()
        sink.write("1")
        _ = pipe.take()
        sink.write("2")
        #expect(pipe.take() == "(1 log lines were lost: nobody took them)\n2\n")
        pipe.fill()
        sink.write("3")
        sink.write("4")
        _ = pipe.take()
        sink.write("5")
        #expect(pipe.take() == "(2 log lines were lost: nobody took them)\n5\n")
    }

    @Test func aFullDiskLosesLinesAndTheLossIsTold() throws {
        let number = fcntl(pipe.writing, F_DUPFD_CLOEXEC, 3)
        defer { close(number) }
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        defer { close(full) }
        // The same number leads to a full disk, and later to one with room.
        try #require(dup2(full, number) == number)
        let sink = LogSink(number: number)
        sink.write("lost")
        try #require(dup2(pipe.writing, number) == number)
        sink.write("back")
        #expect(pipe.take() == "(1 log lines were lost: nobody took them)\nback\n")
    }

    @Test func aLongLineIsCutToWhatAPipeTakesInOnePiece() {
        sink.write(String(repeating: "x", count: 10_000))
        let written = pipe.take()
        #expect(written.utf8.count == LogSink.longestLine)
        #expect(written.hasSuffix("x\n"))
    }

    @Test func nobodyAtTheOtherEndIsNoReasonToFail() {
        let closed = LogSink(number: -1)
        closed.write("lost")
        #expect(!closed.isTerminal)
    }

    @Test func aPipeIsNoTerminal() {
        #expect(!sink.isTerminal)
    }
}
