import Glibc

/// What this process takes of its machine, as the kernel counts it; what it does not tell is nil.
public struct ProcessFigures: Sendable {
    /// Time on processors, of all threads, in seconds.
    public let cpuSeconds: Double?
    /// Bytes of address space.
    public let virtualBytes: UInt64?
    /// Bytes in memory.
    public let residentBytes: UInt64?
    /// The most bytes of address space (RLIMIT_AS); nil for no limit.
    public let virtualLimit: UInt64?

    /// More than the seven numbers of `/proc/self/statm` can be.
    private static let statmBytes = 256

    /// Asks now: three system calls, and one short file that the kernel makes.
    public init() {
        var time = timespec()
        cpuSeconds =
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0
            ? Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 : nil
        let statm = (try? InputFile.bytes(of: "/proc/self/statm", upTo: Self.statmBytes)) ?? []
        let pages = String(decoding: statm, as: UTF8.self).split(separator: " ").prefix(2).map { UInt64($0) }
        let pageSize = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        virtualBytes = pages.first?.map { $0 * pageSize }
        residentBytes = pages.last?.map { $0 * pageSize }
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        let isLimited = getrlimit(resource, &limit) == 0 && limit.rlim_cur != .max
        virtualLimit = isLimited ? UInt64(limit.rlim_cur) : nil
    }
}

/// Counts the open descriptors of this process, some at a time: twenty thousand take the kernel milliseconds.
public final class DescriptorCount {
    /// Descriptors that are counted in one go: some tenths of a millisecond.
    private static let step = 1024

    private var directory: OpaquePointer?
    private var counted = 0
    /// How many were open, but for the one that the count itself takes; nil until all are counted, and where the
    /// system does not tell.
    public private(set) var total: Int?

    /// Begins to count, with a descriptor of its own; without one there is nothing to count.
    public init() {
        directory = opendir("/proc/self/fd")
    }

    deinit {
        close()
    }

    /// Counts some more; false when it is over.
    public func go() -> Bool {
        guard let directory else { return false }
        for _ in 0..<Self.step {
            guard readdir(directory) != nil else {
                // Without "." and "..", and the directory itself.
                total = max(0, counted - 3)
                close()
                return false
            }
            counted += 1
        }
        return true
    }

    private func close() {
        if let directory { closedir(directory) }
        directory = nil
    }
}
