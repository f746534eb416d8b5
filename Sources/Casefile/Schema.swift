package import Database

/// Tables of the heart: the world, the keys, the reports and their story. Everything that a person wrote in words
/// stands in a sealed envelope; the other columns are ids, codes, days and sizes.
package enum CasefileSchema {
    package static let migrations: [Migration] = [
        Migration(id: "0001-world", statements: world),
        Migration(id: "0002-keys", statements: keys),
        Migration(id: "0003-reports", statements: reports),
        jurisdiction,
        InterferenceSchema.migration,
        SignInBrakeSchema.migration,
        RuleStore.migration,
        calendar,
        standIns,
        lateNames,
        barsByPerson,
        identityOpenings,
        KeyEvent.migration,
        EvidenceSchema.migration,
        SearchSchema.migration,
        accounts,
        BackupSchema.migration,
        retention,
        exports,
        EvidenceSchema.owners,
        exportedParts,
        log,
        leads,
        EvidenceSchema.sizeClasses,
        EvidenceSchema.scanLooks,
        OpenReport.whyMigration,
        fewerIndexes,
        marks,
        sameDecisions,
        oneTime,
        repeats, NewBar.migration,
        letterGroups,
    ]

    /// What every filing writes goes into as few trees as its questions need.
    private static let fewerIndexes = Migration(
        id: "0090-fewer-indexes",
        statements: [
            "DROP INDEX waiting_staff",
            """
            CREATE INDEX waiting_person ON waiting (staff_id, received_at, intake_order) WHERE staff_id IS NOT NULL
            """,
            "DROP INDEX identity_mark_mark",
            "ALTER TABLE identity_mark RENAME TO identity_mark_before",
            """
            CREATE TABLE identity_mark (
              report_id TEXT NOT NULL REFERENCES report(id), organ_id TEXT NOT NULL REFERENCES organ(id),
              mark BLOB NOT NULL, PRIMARY KEY (report_id, organ_id, mark)
            ) CLUSTERED
            """,
            "INSERT INTO identity_mark SELECT report_id, organ_id, mark FROM identity_mark_before",
            "DROP TABLE identity_mark_before",
            "CREATE INDEX identity_mark_mark ON identity_mark (mark)",
        ])

    private static let world = [
        """
        CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT
        """,
        """
        CREATE TABLE dataset (
          name TEXT PRIMARY KEY NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL, loaded_at INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE world_version (id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1), version INTEGER NOT NULL) STRICT
        """,
        "INSERT INTO world_version (id, version) VALUES (1, 1)",
        """
        CREATE TABLE organ (
          id TEXT PRIMARY KEY NOT NULL, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL,
          short_name TEXT NOT NULL, level TEXT NOT NULL, parent_id TEXT REFERENCES organ(id), region TEXT NOT NULL,
          attached_unit TEXT, aliases TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE office (
          id TEXT PRIMARY KEY NOT NULL, organ_id TEXT NOT NULL REFERENCES organ(id), code TEXT NOT NULL,
          name TEXT NOT NULL, name_en TEXT NOT NULL, kind TEXT NOT NULL, UNIQUE (organ_id, code)
        ) STRICT
        """,
        """
        CREATE TABLE staff (
          id TEXT PRIMARY KEY NOT NULL, organ_id TEXT NOT NULL REFERENCES organ(id), username TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL, name_en TEXT NOT NULL, aliases TEXT NOT NULL, kin TEXT NOT NULL,
          active INTEGER NOT NULL, must_change INTEGER NOT NULL, public_key BLOB NOT NULL, sealed_key BLOB NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE membership (
          staff_id TEXT NOT NULL REFERENCES staff(id), office_id TEXT NOT NULL REFERENCES office(id),
          role TEXT NOT NULL, PRIMARY KEY (staff_id, office_id, role)
        ) STRICT
        """,
        "CREATE INDEX membership_office ON membership (office_id)",
    ]

    private static let keys = [
        """
        CREATE TABLE office_key (
          office_id TEXT NOT NULL REFERENCES office(id), generation INTEGER NOT NULL, public_key BLOB NOT NULL,
          created_at INTEGER NOT NULL, PRIMARY KEY (office_id, generation)
        ) STRICT
        """,
        """
        CREATE TABLE office_grant (
          office_id TEXT NOT NULL, generation INTEGER NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
          wrap BLOB NOT NULL, granted_by TEXT, granted_at INTEGER NOT NULL,
          PRIMARY KEY (office_id, generation, staff_id),
          FOREIGN KEY (office_id, generation) REFERENCES office_key(office_id, generation)
        ) STRICT
        """,
        "CREATE INDEX office_grant_staff ON office_grant (staff_id)",
        """
        CREATE TABLE escrow_holder (
          position INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, public_key BLOB NOT NULL,
          sealed_key BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE office_escrow (
          office_id TEXT NOT NULL, generation INTEGER NOT NULL, first INTEGER NOT NULL, second INTEGER NOT NULL,
          wrap BLOB NOT NULL, PRIMARY KEY (office_id, generation, first, second),
          FOREIGN KEY (office_id, generation) REFERENCES office_key(office_id, generation)
        ) STRICT
        """,
        """
        CREATE TABLE session (
          token_hash BLOB PRIMARY KEY NOT NULL, staff_id TEXT NOT NULL REFERENCES staff(id),
          sealed_key BLOB NOT NULL, created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX session_staff ON session (staff_id)",
    ]

    private static let reports = [
        """
        CREATE TABLE organ_counter (
          organ_id TEXT NOT NULL REFERENCES organ(id), kind TEXT NOT NULL, year INTEGER NOT NULL,
          last INTEGER NOT NULL, PRIMARY KEY (organ_id, kind, year)
        ) STRICT
        """,
        """
        CREATE TABLE report (
          id TEXT PRIMARY KEY NOT NULL, stage TEXT NOT NULL, sequence INTEGER NOT NULL, custody INTEGER NOT NULL,
          organ_id TEXT NOT NULL REFERENCES organ(id), office_id TEXT NOT NULL REFERENCES office(id),
          channel TEXT NOT NULL, county TEXT, management TEXT NOT NULL, category TEXT, problem TEXT,
          marks TEXT NOT NULL, real_name TEXT NOT NULL, has_reporter INTEGER NOT NULL,
          identity_at INTEGER NOT NULL,
          proposer TEXT, proposal TEXT, disposal TEXT, team TEXT NOT NULL, deciding TEXT, repeat_of TEXT, rules TEXT NOT NULL,
          received_at INTEGER NOT NULL, intake_order INTEGER NOT NULL, due_day INTEGER,
          receipt_lookup BLOB UNIQUE, receipt_key BLOB, rated INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX report_organ ON report (organ_id, received_at, intake_order)",
        """
        CREATE TABLE custody (
          report_id TEXT NOT NULL REFERENCES report(id), idx INTEGER NOT NULL,
          organ_id TEXT NOT NULL REFERENCES organ(id), intake_office_id TEXT NOT NULL REFERENCES office(id),
          office_id TEXT NOT NULL REFERENCES office(id), audience TEXT NOT NULL, via TEXT, since INTEGER NOT NULL,
          number TEXT, PRIMARY KEY (report_id, idx), UNIQUE (organ_id, number)
        ) STRICT
        """,
        "CREATE INDEX custody_intake ON custody (intake_office_id, report_id)",
        """
        CREATE TABLE allocation (
          report_id TEXT NOT NULL REFERENCES report(id), staff_id TEXT NOT NULL REFERENCES staff(id),
          PRIMARY KEY (report_id, staff_id)
        ) STRICT
        """,
        "CREATE INDEX allocation_staff ON allocation (staff_id)",
        """
        CREATE TABLE watch (
          report_id TEXT NOT NULL REFERENCES report(id), office_id TEXT NOT NULL REFERENCES office(id),
          why TEXT NOT NULL CHECK (why IN ('copy', 'alarm')), PRIMARY KEY (report_id, office_id)
        ) STRICT
        """,
        """
        CREATE TABLE bar (
          report_id TEXT NOT NULL REFERENCES report(id), staff_id TEXT NOT NULL REFERENCES staff(id),
          reason TEXT NOT NULL, PRIMARY KEY (report_id, staff_id)
        ) STRICT
        """,
        """
        CREATE TABLE event (
          id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id), seq INTEGER NOT NULL,
          at INTEGER NOT NULL, actor TEXT NOT NULL CHECK (actor IN ('staff', 'reporter', 'import')),
          staff_id TEXT REFERENCES staff(id), organ_id TEXT NOT NULL, custody INTEGER NOT NULL,
          act TEXT NOT NULL, from_stage TEXT NOT NULL, to_stage TEXT NOT NULL, codes TEXT NOT NULL,
          rules TEXT NOT NULL, UNIQUE (report_id, seq)
        ) STRICT
        """,
        """
        CREATE TABLE sealing_key (
          id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id),
          kind TEXT NOT NULL CHECK (kind IN ('letter', 'case', 'identity', 'shared')), custody INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX sealing_key_report ON sealing_key (report_id)",
        """
        CREATE TABLE key_wrap (
          key_id TEXT NOT NULL REFERENCES sealing_key(id), recipient TEXT NOT NULL, generation INTEGER NOT NULL,
          wrap BLOB NOT NULL, PRIMARY KEY (key_id, recipient)
        ) STRICT
        """,
        """
        CREATE TABLE sealed (
          id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id), seq INTEGER NOT NULL,
          field TEXT NOT NULL, key_id TEXT NOT NULL REFERENCES sealing_key(id), author TEXT NOT NULL,
          at INTEGER NOT NULL, envelope BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX sealed_report ON sealed (report_id, field, seq)",
        """
        CREATE TABLE file (
          id TEXT PRIMARY KEY NOT NULL, report_id TEXT NOT NULL REFERENCES report(id), stored TEXT NOT NULL UNIQUE,
          key_id TEXT NOT NULL REFERENCES sealing_key(id), author TEXT NOT NULL, day INTEGER NOT NULL,
          digest TEXT NOT NULL, envelope BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX file_report ON file (report_id)",
        """
        CREATE TABLE waiting (
          report_id TEXT NOT NULL REFERENCES report(id), office_id TEXT, staff_id TEXT, roles INTEGER NOT NULL,
          except_staff TEXT, received_at INTEGER NOT NULL, intake_order INTEGER NOT NULL,
          due_order INTEGER NOT NULL, place INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX waiting_report ON waiting (report_id)",
        "CREATE INDEX waiting_office ON waiting (office_id, received_at, intake_order)",
        "CREATE INDEX waiting_office_due ON waiting (office_id, due_order, received_at, intake_order)",
        "CREATE INDEX waiting_staff ON waiting (staff_id, received_at, intake_order)",
        """
        CREATE TABLE tombstone (
          id TEXT PRIMARY KEY NOT NULL, maker TEXT NOT NULL REFERENCES staff(id), superior TEXT NOT NULL,
          day INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE imported (
          organ_id TEXT NOT NULL REFERENCES organ(id), mark BLOB NOT NULL, PRIMARY KEY (organ_id, mark)
        ) STRICT
        """,
    ]
}
