import Testing

@testable import Proxy

/// The queue itself; what exchanges make of it is in ``QueueTests``.
@Suite struct WaitingQueueTests {
    private final class Waiting {
        let number: Int

        init(_ number: Int) {
            self.number = number
        }
    }

    @Test func theOneThatHasWaitedLongestIsFirstWhateverOthersLeave() {
        var queue = WaitingQueue<Waiting>()
        var model: [(waiting: Waiting, place: Int)] = []
        var random = SystemRandomNumberGenerator()
        for number in 0..<20_000 {
            let waiting = Waiting(number)
            model.append((waiting, queue.append(waiting)))
            // Now and then it runs nearly empty, so that it begins anew.
            let leaving = Int.random(in: 0..<(number % 500 < 250 ? 2 : 4), using: &random)
            for _ in 0..<min(leaving, model.count) {
                let left = model.remove(at: Int.random(in: model.indices, using: &random))
                queue.leave(left.place)
            }
            #expect(queue.count == model.count)
            #expect(queue.first === model.first?.waiting)
        }
    }

    /// A million leave in a second when each leaves at the same cost, and in hours when that grows with the queue.
    @Test(.timeLimit(.minutes(1)), arguments: ["first", "last", "middle"])
    func leavingCostsTheSameInALongQueue(end: String) {
        var queue = WaitingQueue<Waiting>()
        let waiting = Waiting(0)
        let count = 1_000_000
        var places = (0..<count).map { _ in queue.append(waiting) }
        if end == "last" { places.reverse() }
        if end == "middle" { places = Array(places[(count / 2)...] + places[..<(count / 2)]) }
        for place in places { queue.leave(place) }
        #expect(queue.count == 0 && queue.first == nil)
    }
}
