/// What waits, first in, first out, and may leave at any time: exchanges for a server with room, idle connections for
/// their next exchange.
///
/// All of it is O(1), spread over many calls, for in an outage everyone leaves at once.
struct WaitingQueue<Element: AnyObject> {
    /// A place in the queue, counted from the first that there ever was.
    typealias Place = Int

    /// In the order of their places; nil where one has left.
    private var slots: [Element?] = []
    /// The place of the first slot.
    private var base = 0
    /// How many slots at the front are empty for good.
    private var passed = 0
    /// How many wait.
    private(set) var count = 0

    /// The one that has waited longest.
    var first: Element? { count == 0 ? nil : slots[passed] }

    /// One of those that have waited longest, places that somebody has left counted.
    func first(amongFirst most: Int, where isWanted: (Element) -> Bool) -> Element? {
        for element in slots.dropFirst(passed).prefix(most) {
            if let element, isWanted(element) { return element }
        }
        return nil
    }

    /// Takes a place at the end.
    mutating func append(_ element: Element) -> Place {
        slots.append(element)
        count += 1
        return base + slots.count - 1
    }

    /// Leaves a place.
    mutating func leave(_ place: Place) {
        slots[place - base] = nil
        count -= 1
        while slots.count > 0, slots[slots.count - 1] == nil { slots.removeLast() }
        guard count > 0 else {
            passed = 0
            return
        }
        while slots[passed] == nil { passed += 1 }
        // Half of the slots are moved at most as often as they were passed.
        guard passed > slots.count / 2 else { return }
        slots.removeFirst(passed)
        base += passed
        passed = 0
    }
}
