import EventLoop
import LoadTesting
import Platform
import Time

/// One run of `evenkeel load`: the test, and what is shown while it goes on.
final class LoadRun {
    private let loop: EventLoop
    private let line: ProgressLine
    private var test: LoadTest?
    /// What came out, at the end.
    private(set) var report: LoadReport?
    /// Why answers, or the result, can be told nobody: that ends the run.
    private(set) var lostOutput: OutputError?

    init(_ setup: LoadSetup, on loop: EventLoop) throws {
        self.loop = loop
        line = ProgressLine(setup.plan, isShown: !setup.printsAnswers && LogSink.standardError.isTerminal)
        let answers = setup.printsAnswers ? AnswerLines(setup.plan) : nil
        test = try LoadTest(
            setup.plan, threads: setup.threads, on: loop,
            onAnswer: answers.map { answers in { [unowned self] in print($0, to: answers) } },
            onProgress: { [unowned self] in show($0) }, onEnd: { [unowned self] in end($0) })
    }

    func start() {
        test?.start()
    }

    func cancel() {
        test?.cancel()
    }

    private func print(_ answer: LoadAnswer, to answers: AnswerLines) {
        needOutput { () throws(OutputError) in try answers.print(answer) }
    }

    private func show(_ progress: LoadProgress) {
        line.show(progress)
        needOutput { () throws(OutputError) in try StandardStream.output.checkReader() }
    }

    private func needOutput(_ body: () throws(OutputError) -> Void) {
        guard lostOutput == nil else { return }
        do throws(OutputError) {
            try body()
        } catch {
            lostOutput = error
            test?.cancel()
        }
    }

    private func end(_ report: LoadReport) {
        line.clear()
        self.report = report
        loop.stop()
    }
}

/// A line for each answer: who gave it, and how long it took.
final class AnswerLines {
    private let width: Int
    private var count = 0

    init(_ plan: LoadPlan) {
        if case .requests(let all) = plan.amount { width = String(all).count } else { width = 4 }
    }

    func print(_ answer: LoadAnswer) throws(OutputError) {
        count += 1
        let number = LoadText.padded(String(count), width)
        let took = LoadText.padded(LoadText.milliseconds(answer.latency.inMillisecondsExactly), 10)
        let outcome =
            switch answer.outcome {
            case .status(let status, let server): "\(status)  \(took)   \(name(server))"
            case .failure(let failure): "---  \(took)   \(failure.title)"
            }
        try StandardStream.output.write("\(number)  \(outcome)\n")
    }

    private func name(_ server: String?) -> String {
        server.map { LineLogHandler.oneLine($0) } ?? "(the answer names no server)"
    }
}

/// How far a run is, in one line on standard error that is written over again and again.
final class ProgressLine {
    private let plan: LoadPlan
    private let isShown: Bool
    private var hasText = false

    init(_ plan: LoadPlan, isShown: Bool) {
        self.plan = plan
        self.isShown = isShown
    }

    func show(_ progress: LoadProgress) {
        guard isShown else { return }
        hasText = true
        // To the line's start, and clear what an earlier, longer text has left behind.
        StandardStream.error.write("\r\u{1B}[K\(text(progress))")
    }

    func clear() {
        guard hasText else { return }
        hasText = false
        StandardStream.error.write("\r\u{1B}[K")
    }

    func text(_ progress: LoadProgress) -> String {
        var parts: [String] = []
        let elapsed = progress.elapsed.inSeconds
        switch plan.amount {
        case .requests(let count):
            parts.append("\(LoadText.count(progress.answered)) of \(LoadText.count(count)) answered")
        case .duration(let span):
            parts.append("\(LoadText.decimal(elapsed, 1)) of \(LoadText.decimal(span.inSeconds, 1)) s")
            parts.append("\(LoadText.count(progress.answered)) answered")
        case .unlimited: parts.append("\(LoadText.count(progress.answered)) answered")
        }
        parts.append("\(LoadText.decimal(progress.requestsPerSecond, 0))/s")
        parts.append("\(LoadText.count(progress.failed)) failed")
        return parts.joined(separator: " · ")
    }
}

extension TimeSpan {
    /// In milliseconds, with their fraction.
    var inMillisecondsExactly: Double { inSeconds * 1000 }
}
