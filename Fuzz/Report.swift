import Glibc

/// Runs the rules on an input of libFuzzer's. A broken one is told, and ends the process as a crash does,
/// so that libFuzzer keeps the input.
func hold(
    _ bytes: UnsafePointer<UInt8>?, _ count: Int, to rules: ([UInt8]) throws(BrokenInvariant) -> Void
) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    do throws(BrokenInvariant) {
        try rules(input)
        return 0
    } catch {
        print("\nBROKEN: \(error)\nINPUT: \(input.quoted)\n")
        fflush(nil)
        abort()
    }
}
