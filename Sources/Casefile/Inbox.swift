package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// What a viewer asks of the inbox.
package struct InboxQuery: Sendable {
    package enum Tab: String, Sendable, CaseIterable {
        /// All that waits for an act of this viewer.
        case waiting
        /// All that this viewer's offices hold and this viewer may read.
        case holding
        /// What this viewer's office handed down and follows.
        case followed
        /// Archived.
        case done
    }
    /// Counts go no further, so that none walks a large table.
    package static let mostCounted = 1000

    package enum Sort: String, Sendable, CaseIterable {
        case oldest = "receivedAt"
        case newest = "-receivedAt"
        case due
    }
    package var tab: Tab
    package var sort: Sort
    package var limit: Int
    package var offset: Int
    package var stage: String?
    package var channel: Channel?
    package var mark: String?

    package init(
        tab: Tab = .waiting, sort: Sort = .oldest, limit: Int = 25, offset: Int = 0, stage: String? = nil,
        channel: Channel? = nil, mark: String? = nil
    ) {
        self.tab = tab
        self.sort = sort
        self.limit = min(200, max(1, limit))
        self.offset = min(10_000_000, max(0, offset))
        self.stage = stage
        self.channel = channel
        self.mark = mark
    }
}

/// One report in a list.
package struct InboxItem: Sendable {
    package var id: ReportID
    package var number: String?
    package var stage: String
    package var receivedAt: Instant
    package var due: Day?
    package var channel: Channel
    /// `overdue`, `near`, and the codes set at registration.
    package var marks: [String]
    /// Opened under the viewer's keys; `nil` for whom the letter is not.
    package var title: String?
}

/// A page of a list, and whether there is more.
package struct InboxPage: Sendable {
    package var items: [InboxItem]
    package var more: Bool
    /// How many wait for the viewer, counted up to ``InboxQuery/mostCounted``; `nil` where it was not asked for.
    package var waiting: Int?
    /// SQL statements that the page took.
    package var statements: Int
}

extension Casefile {
    /// The reports that wait for this viewer, or that the viewer's offices hold; never one that the viewer may not see.
    package func inbox(
        _ query: InboxQuery, for viewer: Viewer, titles: Bool, counting: Bool = false, exporting: Bool = false
    ) async throws -> InboxPage {
        // That titles were shown is entered, of an empty list too: else the entry would tell an auditor that something waited
        // there. An export is written down itself.
        if titles, !exporting { try await listLooks.enter(query.tab, by: viewer, at: clock.now()) }
        if query.tab == .waiting { await handOpenings(by: viewer) }
        // What turns out to name the viewer is barred, and the list is drawn anew without it.
        for _ in 0..<Self.mostRedrawn {
            let (page, naming, version) = try await draw(query, for: viewer, titles: titles, counting: counting)
            if naming.isEmpty {
                // Somebody who was to decide may have gone since this person's last look: they hold the keys.
                guard query.tab == .waiting, looked.isDue(for: viewer.staff, world: version, on: clock.now().day),
                    await findDeciders(by: viewer)
                else { return page }
                continue
            }
            try await bar(viewer.staff, from: naming)
        }
        throw CasefileError.notNow
    }

    /// Each drawing bars a whole page of reports that name the viewer.
    private static let mostRedrawn = 100

    private func draw(
        _ query: InboxQuery, for viewer: Viewer, titles: Bool, counting: Bool
    ) async throws -> (InboxPage, naming: [ReportID: BarReason], world: Int64) {
        let casefile = self
        return try await database.read { tx in
            let picture = try casefile.pictures.current(tx)
            let today = casefile.clock.now().day
            let list = InboxSQL(viewer: viewer, world: picture.world, workflow: casefile.workflow)
            let rows = try tx.rows(list.page(query))
            var items = try rows.prefix(query.limit).map { try InboxItem(row: $0, today: today) }
            let naming = try casefile.naming(viewer, among: items, picture, tx)
            if titles {
                // What waits for a custodian as such keeps its title closed.
                let closed = Set(
                    try rows.filter { row in
                        guard query.tab == .waiting, let office: OfficeID = try row.maybe("waits_at") else {
                            return false
                        }
                        return picture.world.offices[office]?.kind == .custody
                    }.map { try $0.get("id", as: ReportID.self) })
                try casefile.addTitles(&items, except: closed, for: viewer, tx)
            }
            let waiting: Int? = counting ? try tx.scalar(list.waitingCount(cap: InboxQuery.mostCounted)) : nil
            let page = InboxPage(
                items: items, more: rows.count > query.limit, waiting: waiting, statements: tx.statements)
            return (page, naming, picture.world.version)
        }
    }

    private func addTitles(
        _ items: inout [InboxItem], except closed: Set<ReportID>, for viewer: Viewer, _ tx: any Transaction
    ) throws {
        guard !items.isEmpty else { return }
        var ring = try KeyRing.load(tx, for: viewer)
        let rows = try tx.rows(
            """
            SELECT s.report_id, s.seq, s.key_id, s.envelope, w.recipient, w.generation, w.wrap
            FROM sealed s JOIN key_wrap w ON w.key_id = s.key_id
            WHERE s.field = 'title' AND s.report_id IN \(list: items.map(\.id))
              AND w.recipient IN \(list: ring.recipients)
            ORDER BY s.report_id, s.seq
            """)
        var latest: [ReportID: Row] = [:]
        for row in rows { latest[try row.get("report_id")] = row }
        for index in items.indices {
            let id = items[index].id
            guard let row = latest[id], !closed.contains(id) else { continue }
            let wrap: [UInt8] = try row.get("wrap")
            let recipient: String = try row.get("recipient")
            let generation: Int = try row.get("generation")
            // A wrap that does not open closes this title, not the whole list.
            guard
                let key = try? ring.open(
                    wrap, recipient: recipient, generation: generation, keyID: try row.get("key_id"))
            else { continue }
            let plain = try Envelope.open(
                try row.get("envelope"), under: key.secret, binding: .text(id, "title", try row.get("seq")))
            items[index].title = String(decoding: plain, as: UTF8.self)
        }
    }
}

extension InboxItem {
    init(row: Row, today: Day) throws {
        let due: Day? = try row.maybe("due_day")
        var marks = JSONText.strings(try row.get("marks"))
        if let due {
            if due < today {
                marks.insert("overdue", at: 0)
            } else if due <= today.adding(days: 3) {
                marks.insert("near", at: 0)
            }
        }
        self.init(
            id: try row.get("id"), number: try row.maybe("number"), stage: try row.get("stage"),
            receivedAt: try row.get("received_at"), due: due,
            channel: Channel(rawValue: try row.get("channel")) ?? .other, marks: marks, title: nil)
    }
}
