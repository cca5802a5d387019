import Yams

/// Tells what stands for an alias apart from what stands at its anchor.
///
/// Both are the same nodes to Yams, with the anchor's places. Here each alias gets nodes of its own, whose anchors have a
/// number for a name, which says how they were reached; ``uses(of:)`` reads it.
struct AliasedNodes {
    /// The nodes of the file.
    private(set) var root: Node
    /// By their numbers less one: the aliases that lead to a node, the innermost first.
    private var chains: [[AliasScanner.Alias]] = []
    /// With the same numbers. Nodes hold theirs weakly.
    private var anchors: [Anchor] = []

    /// Which mapping, list or value begins at a place: a mapping and its first key begin at one.
    private struct Spot: Hashable {
        let line: Int
        let scalar: Int
        let kind: String
    }

    private struct Pair: Hashable {
        let inner: Int
        let outer: Int
    }

    private var aliases: ArraySlice<AliasScanner.Alias>
    private var seen: [Spot: Node] = [:]
    private var joined: [Pair: Int] = [:]
    private var isLost = false

    /// Takes nodes as Yams gives them. Where they and the aliases of the text do not go together, none is told apart.
    ///
    /// - Parameter root: has at most ``Limits/values`` nodes, each alias with all that it stands for.
    init(_ root: Node, _ aliases: [AliasScanner.Alias]) {
        (self.root, self.aliases) = (root, aliases[...])
        guard !aliases.isEmpty else { return }
        let told = tellApart(root)
        if !isLost, self.aliases.isEmpty { self.root = told } else { (chains, anchors) = ([], []) }
        (seen, joined) = ([:], [:])
    }

    /// The aliases through which a node was reached, the innermost first; none for one that stands there.
    func uses(of node: Node) -> [AliasScanner.Alias] {
        let number = Self.number(of: node)
        return chains.indices.contains(number - 1) ? chains[number - 1] : []
    }

    private static func number(of node: Node) -> Int { node.anchor.flatMap { Int($0.rawValue) } ?? 0 }

    /// In the order of the text, so that an alias comes behind its anchor.
    private mutating func tellApart(_ node: Node) -> Node {
        guard !isLost, let mark = node.mark else { return node }
        let spot = Spot(line: mark.line, scalar: mark.column, kind: node.kind)
        // A value that is not there has the place of what follows it.
        if !node.isNothing, let original = seen[spot] {
            guard let alias = aliases.popFirst() else {
                isLost = true
                return node
            }
            return copy(original, through: add([alias]))
        }
        let told: Node
        switch node {
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping { pairs.append((tellApart(key), tellApart(value))) }
            told = .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mark))
        case .sequence(let sequence):
            var items: [Node] = []
            for item in sequence { items.append(tellApart(item)) }
            told = .sequence(Node.Sequence(items, sequence.tag, sequence.style, mark))
        case .scalar(let scalar):
            told = .scalar(Node.Scalar(scalar.string, scalar.tag, scalar.style, mark))
        case .alias: told = node
        }
        seen[spot] = told
        return told
    }

    /// A copy that one more alias leads to.
    private mutating func copy(_ node: Node, through outer: Int) -> Node {
        let inner = Self.number(of: node)
        let anchor = anchors[(inner == 0 ? outer : join(inner, outer)) - 1]
        switch node {
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping {
                pairs.append((copy(key, through: outer), copy(value, through: outer)))
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark, anchor))
        case .sequence(let sequence):
            var items: [Node] = []
            for item in sequence { items.append(copy(item, through: outer)) }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark, anchor))
        case .scalar(let scalar):
            return .scalar(Node.Scalar(scalar.string, scalar.tag, scalar.style, scalar.mark, anchor))
        case .alias: return node
        }
    }

    private mutating func add(_ chain: [AliasScanner.Alias]) -> Int {
        chains.append(chain)
        anchors.append(Anchor(rawValue: "\(chains.count)"))
        return chains.count
    }

    private mutating func join(_ inner: Int, _ outer: Int) -> Int {
        let pair = Pair(inner: inner, outer: outer)
        if let number = joined[pair] { return number }
        let number = add(chains[inner - 1] + chains[outer - 1])
        joined[pair] = number
        return number
    }
}
