import Testing

@testable import Drawing

struct StageDiagramTests {
    private static let nodes = ["a", "b", "c", "d", "e"].enumerated().map {
        StageDiagram.Node(id: $1, label: "Stage \($1) waits for somebody", lane: $0 % 2)
    }
    private static let ways = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("c", "e"), ("e", "a"), ("x", "a")]

    @Test func `no two stages cover each other and all stand inside`() {
        let diagram = StageDiagram(nodes: Self.nodes, ways: Self.ways.map { ($0, $1) }, lanes: 2)
        #expect(diagram.boxes.count == 5 && diagram.arrows.count == 6, "the way from nowhere is left out")
        for (index, box) in diagram.boxes.enumerated() {
            #expect(box.x >= 0 && box.x + StageDiagram.boxWidth <= diagram.width)
            #expect(box.y >= 0 && box.y + StageDiagram.boxHeight <= diagram.height)
            for other in diagram.boxes[..<index] where other.lane == box.lane {
                #expect(abs(other.y - box.y) >= StageDiagram.boxHeight)
            }
        }
        #expect(diagram.arrows.filter(\.isBack).map(\.to).contains("a"))
    }

    @Test func `words are broken, signs of paths need no escaping`() {
        let diagram = StageDiagram(nodes: Self.nodes, ways: Self.ways.map { ($0, $1) }, lanes: 2)
        #expect(diagram.boxes.allSatisfy { $0.lines.count == 2 })
        let letters = Set(diagram.arrows.flatMap { $0.path + $0.head })
        #expect(letters.isSubset(of: Set("MVCHlhvz -0123456789")))
        let none = StageDiagram(nodes: [], ways: [], lanes: 0)
        #expect(none.boxes.isEmpty && none.width > 0)
    }
}
