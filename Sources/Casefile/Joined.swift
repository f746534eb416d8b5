/// What was joined two by two, and so belongs together.
struct Joined<Item: Hashable> {
    private var above: [Item: Item] = [:]
    private var sizes: [Item: Int] = [:]

    func root(_ item: Item) -> Item {
        var item = item
        while let next = above[item] { item = next }
        return item
    }

    /// The smaller part hangs from the larger: no way to a root is long.
    mutating func join(_ one: Item, _ other: Item) {
        let roots = [root(one), root(other)].sorted { sizes[$0] ?? 1 < sizes[$1] ?? 1 }
        guard roots[0] != roots[1] else { return }
        above[roots[0]] = roots[1]
        sizes[roots[1]] = (sizes[roots[0]] ?? 1) + (sizes[roots[1]] ?? 1)
    }

    /// These, each with what it belongs to.
    func groups(of items: some Sequence<Item>) -> [[Item]] {
        Array(Dictionary(grouping: items, by: root).values)
    }
}

extension Joined: Sendable where Item: Sendable {}
