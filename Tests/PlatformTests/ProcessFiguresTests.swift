import Glibc
import Testing

@testable import Platform

@Suite struct ProcessFiguresTests {
    @Test func theKernelTellsThem() throws {
        let figures = ProcessFigures()
        let (resident, virtual) = (try #require(figures.residentBytes), try #require(figures.virtualBytes))
        #expect(resident > 1 << 20 && resident < virtual)
        #expect(try #require(figures.cpuSeconds) > 0)
    }

    @Test func manyDescriptorsAreCountedInPieces() throws {
        let opened = (0..<1500).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }.filter { $0 >= 0 }
        defer { opened.forEach { close($0) } }
        let count = DescriptorCount()
        #expect(count.total == nil)
        var pieces = 1
        while count.go() { pieces += 1 }
        #expect(pieces >= 2)
        let total = try #require(count.total)
        // Other tests open and close some meanwhile.
        #expect(total >= opened.count + 3 && total < opened.count + 1000)
        #expect(!count.go(), "it is over")
    }
}
