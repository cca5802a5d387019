import Foundation
import Testing

/// Holds what the fuzzer has kept to the rules that it searches by, so that what it found stays mended.
@Suite struct CorpusTests {
    @Test func `requests of the corpus keep the rules`() throws {
        try check("request-head", checkRequestHead)
    }

    @Test func `responses of the corpus keep the rules`() throws {
        try check("response-head", checkResponseHead)
    }

    @Test func `bodies of the corpus keep the rules`() throws {
        try check("body", checkBody)
    }

    private func check(_ target: String, _ rules: ([UInt8]) throws(BrokenInvariant) -> Void) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzz/Corpus")
        let files = try FileManager.default.contentsOfDirectory(
            at: root.appending(path: target), includingPropertiesForKeys: nil)
        #expect(files.count > 50)
        for file in files {
            let input = [UInt8](try Data(contentsOf: file))
            do throws(BrokenInvariant) {
                try rules(input)
            } catch {
                Issue.record("\(error) in \(file.lastPathComponent), which is \(input.quoted)")
            }
        }
    }
}
