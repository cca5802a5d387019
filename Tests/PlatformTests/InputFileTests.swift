import Foundation
import Testing

@testable import Platform

/// Files, pipes and standard input that a command reads.
@Suite struct InputFileTests {
    private static func temporary(_ bytes: [UInt8]) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("input-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        return file
    }

    private static func failure(_ path: String, upTo limit: Int) -> InputFile.Failure? {
        do throws(InputFile.Failure) {
            _ = try InputFile.bytes(of: path, upTo: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0, 1, 65535, 65536, 65537, 200_000])
    func aFileIsReadWhole(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let file = try Self.temporary(bytes)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try InputFile.bytes(of: file.path, upTo: count) == bytes)
        if count > 0 { #expect(Self.failure(file.path, upTo: count - 1) == .tooLarge) }
    }

    @Test func whatNeverEndsIsTooLarge() {
        #expect(Self.failure("/dev/zero", upTo: 100_000) == .tooLarge)
    }

    @Test func whyAFileIsNotReadIsTold() {
        #expect(Self.failure("/no/such/file", upTo: 1) == .unreadable("no such file or directory"))
        #expect(Self.failure("/", upTo: 1) == .unreadable("is a directory"))
        #expect(Self.failure("", upTo: 1) == .unreadable("no such file or directory"))
    }
}
