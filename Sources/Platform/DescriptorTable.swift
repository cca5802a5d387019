import CSystem

/// A thread's table of open descriptors, which it shares with all threads of its process unless it has been
/// separated.
enum DescriptorTable {
    /// Gives the calling thread a table of its own that holds `kept` alone, under the same numbers. What else the
    /// process has open, listening sockets and clients' connections above all, must not stay open here: it
    /// would live on when the process closes it.
    ///
    /// - Returns: false where the kernel refuses (before Linux 5.9, or a sandbox): the table is shared as before.
    @discardableResult
    static func separate(keeping kept: [Int32]) -> Bool {
        let numbers = Set(kept).filter { $0 >= 0 }.map(UInt32.init).sorted()
        // Above the last of them nothing is copied in the first place.
        guard evenkeel_separate_descriptors(numbers.last.map { $0 + 1 } ?? 0) == 0 else { return false }
        var first: UInt32 = 0
        for number in numbers {
            if first < number { evenkeel_close_descriptors(first, number - 1) }
            first = number + 1
        }
        return true
    }
}
