/// Lays out stages in lanes, one below the other, with arrows between them. The result is numbers and the letters of
/// SVG paths; whoever draws it writes the words, so that nothing unescaped comes into a page.
package struct StageDiagram: Sendable, Equatable {
    package struct Node: Sendable {
        package var id: String
        package var label: String
        package var lane: Int

        package init(id: String, label: String, lane: Int) {
            self.id = id
            self.label = label
            self.lane = lane
        }
    }

    /// A stage as a box, its words broken into lines.
    package struct Box: Sendable, Equatable {
        package var id: String
        package var lane: Int
        package var x: Int
        package var y: Int
        /// Each with the y of its baseline.
        package var lines: [Line]
    }

    package struct Line: Sendable, Equatable {
        package var text: String
        package var x: Int
        package var y: Int
    }

    /// A way from one box to another: a path, and its head.
    package struct Arrow: Sendable, Equatable {
        package var from: String
        package var to: String
        package var path: String
        package var head: String
        /// Leads back up.
        package var isBack: Bool
    }

    package static let boxWidth = 176
    package static let boxHeight = 54
    static let laneWidth = 244
    static let rowHeight = 80
    static let margin = 34
    static let top = 40

    package var width: Int
    package var height: Int
    package var boxes: [Box]
    package var arrows: [Arrow]
    /// The middle of each lane, for its heading.
    package var lanes: [Int]

    /// Every stage stands as low as the shortest way to it is long. Ways that name an unknown stage are left out.
    package init(nodes: [Node], ways: [(from: String, to: String)], lanes count: Int) {
        let depth = Self.depths(nodes.map(\.id), ways)
        let order = nodes.enumerated().sorted { first, second in
            (depth[first.element.id] ?? 0, first.offset) < (depth[second.element.id] ?? 0, second.offset)
        }.map(\.element)
        var next = [Int](repeating: 0, count: max(1, count))
        var placed: [String: Box] = [:]
        for node in order where placed[node.id] == nil {
            let lane = min(max(0, node.lane), next.count - 1)
            let row = max(next[lane], depth[node.id] ?? 0)
            next[lane] = row + 1
            let x = Self.margin + lane * Self.laneWidth
            let y = Self.top + row * Self.rowHeight
            placed[node.id] = Box(id: node.id, lane: lane, x: x, y: y, lines: Self.lines(node.label, x: x, y: y))
        }
        boxes = order.compactMap { placed[$0.id] }
        lanes = next.indices.map { Self.margin + $0 * Self.laneWidth + Self.boxWidth / 2 }
        width = Self.margin * 2 + (next.count - 1) * Self.laneWidth + Self.boxWidth + 40
        height = Self.top + (next.max() ?? 0) * Self.rowHeight
        arrows = ways.compactMap { way in
            guard way.from != way.to, let from = placed[way.from], let to = placed[way.to] else { return nil }
            return Self.arrow(from, to)
        }
    }

    private static func depths(_ ids: [String], _ ways: [(from: String, to: String)]) -> [String: Int] {
        let targets = Set(ways.map(\.to))
        // Where nothing leads to begins; the first of all does in any case.
        var depth: [String: Int] = [:]
        var now = ids.filter { !targets.contains($0) }
        if now.isEmpty { now = Array(ids.prefix(1)) }
        var level = 0
        while !now.isEmpty {
            for id in now { depth[id] = level }
            level += 1
            let here = Set(now)
            let reached = Set(ways.filter { here.contains($0.from) && depth[$0.to] == nil }.map(\.to))
            now = ids.filter(reached.contains)
        }
        return depth
    }

    private static func arrow(_ from: Box, _ to: Box) -> Arrow {
        let (middle, back) = (boxHeight / 2, to.y < from.y)
        let (y1, y2) = (from.y + middle, to.y + middle)
        if from.lane == to.lane, to.y - from.y == rowHeight {
            let x = from.x + boxWidth / 2
            return Arrow(
                from: from.id, to: to.id, path: "M\(x) \(from.y + boxHeight)V\(to.y - 6)",
                head: "M\(x) \(to.y)l-5 -8h10z", isBack: false)
        }
        if from.lane == to.lane {
            // Past the boxes between: down on the right, up on the left.
            let reach = min(30, 10 + abs(to.y - from.y) / rowHeight * 4)
            let (x, side) = back ? (from.x, -1) : (from.x + boxWidth, 1)
            let bend = x + side * reach
            return Arrow(
                from: from.id, to: to.id, path: "M\(x) \(y1)C\(bend) \(y1) \(bend) \(y2) \(x + side * 6) \(y2)",
                head: "M\(x) \(y2)l\(side * 8) -5v10z", isBack: back)
        }
        let right = to.lane > from.lane
        let x1 = right ? from.x + boxWidth : from.x
        let x2 = right ? to.x : to.x + boxWidth
        let side = right ? -1 : 1
        let bend = (x1 + x2) / 2
        return Arrow(
            from: from.id, to: to.id,
            path: "M\(x1) \(y1)C\(bend) \(y1) \(bend) \(y2) \(x2 + side * 6) \(y2)",
            head: "M\(x2) \(y2)l\(side * 8) -5v10z", isBack: back)
    }

    /// At most three lines; a Chinese character is twice as wide as a Latin one.
    private static func lines(_ label: String, x: Int, y: Int) -> [Line] {
        let most = 21
        func size(_ text: some StringProtocol) -> Int {
            text.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E7F ? 2 : 1) }
        }
        var rows: [String] = []
        for word in label.split(separator: " ") {
            if let last = rows.last, size(last) + 1 + size(word) <= most {
                rows[rows.count - 1] = last + " " + word
            } else {
                rows.append(String(word))
            }
        }
        let shown = rows.count > 3 ? Array(rows.prefix(2)) + [rows.dropFirst(2).joined(separator: " ")] : rows
        let first = y + boxHeight / 2 + 5 - (shown.count - 1) * 17 / 2
        return shown.enumerated().map { Line(text: $1, x: x + boxWidth / 2, y: first + $0 * 17) }
    }
}
