import Glibc
import Testing

@testable import Platform

@Suite struct DescriptorLimitTests {
    @Test func theSoftLimitBecomesTheHardOne() throws {
        let raised = DescriptorLimit.raiseToHardLimit()
        var limit = rlimit()
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        // Other tests may lower the soft limit at any time, but never the hard one.
        #expect(raised == Int(clamping: limit.rlim_max))
        #expect(DescriptorLimit.raiseToHardLimit() == raised)
    }
}
