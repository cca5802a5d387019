/// libFuzzer's entry: heads of responses.
@c(LLVMFuzzerTestOneInput)
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    hold(bytes, count, to: checkResponseHead)
}
