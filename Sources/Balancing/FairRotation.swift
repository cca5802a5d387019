/// Takes turns among changing sets of servers so that each gets its share by weight in the long run.
///
/// It is nginx's smooth weighted round robin (`ngx_http_upstream_get_peer`), but every turn is worth
/// the same: each candidate's credit grows by its share of the turn, and the richest takes the turn
/// and pays for it. (nginx credits the bare weight; then a turn among two is cheaper than one among
/// fifty, so that servers which come and go drift apart without bound, and whoever was owed one turn
/// among fifty takes twenty-five in a row among two.) The credits always add up to zero, and a server
/// that leaves keeps its credit until it is back. With equal weights it is the plain rotation.
///
/// This is the carpool problem (Fagin and Williams, 1983): among n servers none is ever more than
/// (n - 1) / 2 turns away from its fair share, whatever sets of candidates come.
///
/// A turn does not touch each candidate: servers of one weight lie in a group, whose credits grow together by one
/// number, so that the richest of a group stays at the top of its heap. A turn costs a step for each group, and
/// one for each level of a heap.
struct FairRotation {
    /// What a turn is worth. Any sum of weights up to 24 divides it, so that common pools share without
    /// rounding; for others the price of a turn differs by less than the sum's part of this.
    private static let turn = 5_354_228_880

    /// Servers of one weight that take part together.
    private struct Group {
        var weight: Int
        /// By how much the credit of each has grown, beyond what ``credits`` say. It and they may wrap around; their
        /// sum never does.
        var grown = 0
        /// The numbers of its servers: the richest first, and of equally rich ones the first in the pool.
        var heap: [Int32] = []
    }

    /// Where a server lies.
    private struct Place {
        var group: Int32 = -1
        var index: Int32 = 0
    }

    private var groups: [Group] = []
    private var unused: [Int] = []
    /// Index: the server's number. Of one in a group it is the credit less what the group has grown.
    private var credits: [Int] = []
    private var places: [Place] = []

    // MARK: Groups

    /// Makes an empty group for servers of a weight.
    mutating func makeGroup(ofWeight weight: Int) -> Int {
        if let number = unused.popLast() {
            groups[number].weight = weight
            return number
        }
        groups.append(Group(weight: weight))
        return groups.count - 1
    }

    /// Takes an empty group back, to be used again.
    mutating func giveBack(_ group: Int) {
        unused.append(group)
    }

    func isEmpty(_ group: Int) -> Bool { groups[group].heap.isEmpty }

    /// The group that a server lies in; nil for none.
    private func group(of server: ServerID) -> Int? {
        guard server.number < places.count else { return nil }
        let group = places[server.number].group
        return group < 0 ? nil : Int(group)
    }

    /// Puts a server into a group, or into none, with its credit.
    mutating func move(_ server: ServerID, to group: Int?) {
        let number = server.number
        while places.count <= number {
            places.append(Place())
            credits.append(0)
        }
        let before = places[number].group
        guard before != Int32(group ?? -1) else { return }
        if before >= 0 { remove(number, from: Int(before)) }
        if let group { insert(number, into: group) }
    }

    private mutating func insert(_ number: Int, into group: Int) {
        credits[number] &-= groups[group].grown
        places[number] = Place(group: Int32(group), index: Int32(groups[group].heap.count))
        groups[group].heap.append(Int32(number))
        rise(from: groups[group].heap.count - 1, in: group)
    }

    private mutating func remove(_ number: Int, from group: Int) {
        let index = Int(places[number].index)
        credits[number] &+= groups[group].grown
        places[number] = Place()
        let last = Int(groups[group].heap.removeLast())
        guard last != number else { return }
        put(last, at: index, in: group)
        rise(from: index, in: group)
        sink(from: Int(places[last].index), in: group)
    }

    // MARK: Turns

    /// Takes the next of the servers in these groups; nil when they are empty.
    mutating func next(among taking: [Int]) -> ServerID? {
        var weights = 0
        for group in taking { weights &+= groups[group].weight &* groups[group].heap.count }
        guard weights > 0 else { return nil }
        let shareOfOne = Self.turn / weights
        var richest: (number: Int, credit: Int, group: Int)?
        for group in taking where !groups[group].heap.isEmpty {
            groups[group].grown &+= groups[group].weight &* shareOfOne
            let number = Int(groups[group].heap[0])
            let credit = credits[number] &+ groups[group].grown
            if let best = richest, best.credit > credit || (best.credit == credit && best.number < number) {
                continue
            }
            richest = (number, credit, group)
        }
        guard let richest else { return nil }
        credits[richest.number] &-= weights &* shareOfOne
        sink(from: 0, in: richest.group)
        return ServerID(richest.number)
    }

    /// The turns that a server is owed: negative when it had more than its share.
    func turnsOwed(to server: ServerID) -> Double {
        guard server.number < credits.count else { return 0 }
        let grown = group(of: server).map { groups[$0].grown } ?? 0
        return Double(credits[server.number] &+ grown) / Double(Self.turn)
    }

    // MARK: The heap

    /// Whether one comes before another of its group.
    private func comesFirst(_ one: Int, _ other: Int) -> Bool {
        let difference = credits[one] &- credits[other]
        return difference > 0 || (difference == 0 && one < other)
    }

    private mutating func put(_ number: Int, at index: Int, in group: Int) {
        groups[group].heap[index] = Int32(number)
        places[number] = Place(group: Int32(group), index: Int32(index))
    }

    private mutating func rise(from start: Int, in group: Int) {
        let number = Int(groups[group].heap[start])
        var index = start
        while index > 0 {
            let parent = Int(groups[group].heap[(index - 1) / 2])
            guard comesFirst(number, parent) else { break }
            put(parent, at: index, in: group)
            index = (index - 1) / 2
        }
        if index != start { put(number, at: index, in: group) }
    }

    private mutating func sink(from start: Int, in group: Int) {
        let count = groups[group].heap.count
        let number = Int(groups[group].heap[start])
        var index = start
        while 2 * index + 1 < count {
            var child = 2 * index + 1
            let (left, right) = (Int(groups[group].heap[child]), child + 1)
            var first = left
            if right < count, comesFirst(Int(groups[group].heap[right]), left) {
                first = Int(groups[group].heap[right])
                child = right
            }
            guard comesFirst(first, number) else { break }
            put(first, at: index, in: group)
            index = child
        }
        if index != start { put(number, at: index, in: group) }
    }
}
