import Database

extension CasefileSchema {
    /// Where letters that say the same are found. A report has a number of its own here, drawn at random: it says nothing of
    /// when it came, and takes four bytes.
    static let marks = Migration(
        id: "0095-marks",
        statements: [
            "ALTER TABLE report ADD COLUMN mark_no INT",
            "CREATE UNIQUE INDEX report_mark_no ON report (mark_no) WHERE mark_no IS NOT NULL",
            "CREATE TABLE report_mark (mark INT NOT NULL, no INT NOT NULL, PRIMARY KEY (mark, no)) CLUSTERED",
            // A filing writes one row here; a service puts its marks where they are found, many filings at once.
            "CREATE TABLE mark_waiting (no INT PRIMARY KEY NOT NULL, marks BLOB NOT NULL) CLUSTERED",
            // Numbers whose marks are to be taken out again: of reports that were destroyed.
            "CREATE TABLE mark_gone (no INT PRIMARY KEY NOT NULL) CLUSTERED",
        ])
}
