package import Database
package import Foundation
package import Site

/// The templates, texts and styles of this room.
package enum Reporting {
    package static let bundle = Bundle.module

    /// The rules for visitors: those that ship with the program, or a file of the same form.
    package static func visitorRules(_ file: String? = nil) throws -> VisitorRules {
        try VisitorRules(
            file: file ?? bundle.bundlePath + "/Resources/visitors.yaml", quotas: Set(Quota.allCases.map(\.rawValue)))
    }
}

/// The tables of drafts. A draft is no report: it is sealed under a key that only its writer's browser holds.
package enum ReportingSchema {
    /// Tables that backups leave out: a draft is promised to be gone after a day.
    package static let passing: Set<String> = ["draft", "draft_file"]

    package static let migrations: [Migration] = [
        Migration(
            id: "0100-drafts",
            statements: [
                """
                CREATE TABLE draft (
                  id TEXT PRIMARY KEY NOT NULL, sealed BLOB NOT NULL, version INTEGER NOT NULL, size INTEGER NOT NULL,
                  state TEXT NOT NULL CHECK (state IN ('open', 'sending', 'sent')), updated_at INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE INDEX draft_updated ON draft (updated_at)",
                """
                CREATE TABLE draft_file (
                  stored TEXT PRIMARY KEY NOT NULL, draft_id TEXT NOT NULL REFERENCES draft(id), size INTEGER NOT NULL
                ) STRICT
                """,
                "CREATE INDEX draft_file_draft ON draft_file (draft_id)",
            ])
    ]
}
