import CSystem

/// Memory that is kept back, so that what is under way goes on when the system gives no more.
///
/// An allocation that fails would end the process. It takes from the reserve instead, and when half of that is gone no
/// new work is to be taken on, until others have given back as much.
public enum MemoryReserve {
    /// Whether new work may be taken on. While nothing of the reserve is gone this is one load.
    public static var isAmple: Bool { evenkeel_has_ample_reserve() }
}
