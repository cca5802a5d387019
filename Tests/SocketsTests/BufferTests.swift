import Testing

@testable import Sockets

@Suite struct BufferTests {
    @Test func aNewBufferIsEmptyAndHasRoomForItsCapacity() {
        let buffer = Buffer(capacity: 16)
        #expect(buffer.capacity == 16)
        #expect(buffer.count == 0)
        let isEmpty = buffer.isEmpty
        #expect(isEmpty)
        #expect(buffer.room == 16)
        #expect(buffer.bytes == [])
    }

    @Test func bytesComeOutInTheOrderTheyWentIn() {
        var buffer = Buffer(capacity: 8)
        #expect(buffer.append([1, 2, 3]) == 3)
        #expect(buffer.append([4, 5]) == 2)
        buffer.removeFirst(2)
        #expect(buffer.bytes == [3, 4, 5])
        #expect(buffer.count == 3)
    }

    @Test func aBufferCanBeFilledToTheLastByte() {
        var buffer = Buffer(capacity: 4)
        #expect(buffer.append([1, 2, 3, 4]) == 4)
        #expect(buffer.room == 0)
        #expect(buffer.bytes == [1, 2, 3, 4])
        #expect(buffer.append([5]) == 0)
        #expect(buffer.bytes == [1, 2, 3, 4])
    }

    @Test func whatDoesNotFitIsLeftOut() {
        var buffer = Buffer(capacity: 4)
        buffer.append([1, 2, 3])
        #expect(buffer.append([4, 5, 6]) == 1)
        #expect(buffer.bytes == [1, 2, 3, 4])
    }

    @Test func anythingThatGivesBytesCanBeAppended() {
        var buffer = Buffer(capacity: 32)
        buffer.append("héllo".utf8)
        buffer.append([UInt8](repeating: 9, count: 2)[...])
        buffer.append(Set<UInt8>())
        #expect(buffer.bytes == Array("héllo".utf8) + [9, 9])
    }

    @Test func whenTheLastByteLeavesAllTheRoomIsBack() {
        var buffer = Buffer(capacity: 4)
        buffer.append([1, 2, 3, 4])
        buffer.removeFirst(3)
        #expect(buffer.room == 0)
        buffer.removeFirst(1)
        #expect(buffer.room == 4)
        #expect(buffer.append([5, 6, 7, 8]) == 4)
        #expect(buffer.bytes == [5, 6, 7, 8])
    }

    @Test(arguments: [4, 5, Int.max])
    func removingMoreThanThereIsEmptiesTheBuffer(count: Int) {
        var buffer = Buffer(holding: [1, 2, 3])
        buffer.removeFirst(count)
        #expect(buffer.count == 0)
        #expect(buffer.room == 3)
    }

    @Test(arguments: [0, -1, Int.min])
    func removingNothingLeavesTheBufferAsItIs(count: Int) {
        var buffer = Buffer(holding: [1, 2, 3])
        buffer.removeFirst(count)
        #expect(buffer.bytes == [1, 2, 3])
    }

    @Test func removingAllDropsEverything() {
        var buffer = Buffer(holding: [1, 2, 3])
        buffer.removeFirst(1)
        buffer.removeAll()
        #expect(buffer.count == 0)
        #expect(buffer.room == 3)
    }

    @Test func aCallSeesTheFreePartAndWhatItWroteIsKept() {
        var buffer = Buffer(capacity: 8)
        buffer.append([1, 2])
        let written = buffer.appending(atMost: .max) { place, room in
            #expect(room == 6)
            place.storeBytes(of: 3, as: UInt8.self)
            return 1
        }
        #expect(written == 1)
        #expect(buffer.bytes == [1, 2, 3])
    }

    @Test(arguments: [0, -1])
    func aCallThatFailsChangesNothing(result: Int) {
        var buffer = Buffer(holding: [1, 2])
        #expect(buffer.appending(atMost: .max) { _, _ in result } == result)
        #expect(buffer.removing { _, _ in result } == result)
        #expect(buffer.bytes == [1, 2])
    }

    @Test func aCallThatClaimsTooMuchCannotGoBeyondTheBuffer() {
        var buffer = Buffer(capacity: 4)
        _ = buffer.appending(atMost: .max) { _, _ in 5 }
        #expect(buffer.count == 4)
        _ = buffer.removing { _, _ in 5 }
        #expect(buffer.count == 0)
    }
}
