import Casework
import Database
import Kernel
package import Sealing

/// Which list leaves as a table.
package enum ExportSource: Sendable {
    /// A view of the queue, with its filter.
    case queue(InboxQuery)
    /// What the session's search found.
    case search(SessionToken)
}

extension Casefile {
    /// Exports a list as it shows on its page, up to the number of rows that the rules allow: the same filter, the same
    /// need-to-know, the same titles. `.notFound` where there is no search.
    package func export(
        _ source: ExportSource, by viewer: Viewer, drawing: @Sendable ([InboxItem], ExportHead) throws -> [UInt8]
    ) async throws -> ExportID {
        let rules = try ExportRules.shipped()
        let items = try await items(of: source, most: rules.rows, for: viewer)
        let world = try await world()
        let now = clock.now()
        let username = world.staff[viewer.staff]?.username ?? ""
        for _ in 1...3 {
            let count: Int = try await database.read { tx in
                try tx.scalar(
                    "SELECT COUNT(*) AS n FROM export WHERE staff_id = \(viewer.staff) AND kind = 'list'") ?? 0
            }
            let head = try head("\(username)-L\(count + 1)", rules, at: now, viewer, world)
            let made = try NewExport(
                try drawing(items, head), kind: "list", way: .export, head: head, rows: items.count, for: viewer)
            do {
                try await database.write { tx in
                    try made.insert(tx)
                    for item in items {
                        let parts = item.title == nil ? "" : ExportPart.letter.rawValue
                        try tx.run(
                            """
                            INSERT INTO export_row (export_id, report_id, parts) VALUES (\(made.id), \(item.id), \(parts))
                            """)
                    }
                }
                return made.id
            } catch DatabaseError.constraint(.unique, _) {
                // The same person exported a list at the same moment: the next number.
                continue
            }
        }
        throw CasefileError.notNow
    }

    private func items(
        of source: ExportSource, most: Int, for viewer: Viewer
    ) async throws -> [InboxItem] {
        switch source {
        case .search(let session):
            guard let search = try search(in: session) else { throw CasefileError.notFound }
            return try await found(Array(search.found.prefix(most)), for: viewer)
        case .queue(var query):
            var items: [InboxItem] = []
            (query.limit, query.offset) = (200, 0)
            while items.count < most {
                let page = try await inbox(query, for: viewer, titles: true, exporting: true)
                let known = Set(items.map(\.id))
                items += page.items.filter { !known.contains($0.id) }
                guard page.more else { break }
                query.offset += query.limit
            }
            return Array(items.prefix(most))
        }
    }
}
