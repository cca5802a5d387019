/// libFuzzer's entry: bodies.
@c(LLVMFuzzerTestOneInput)
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    hold(bytes, count, to: checkBody)
}
