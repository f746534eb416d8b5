/// What is wrong between the database, the files of the log and what was published. Nothing is signed then.
package enum LogbookFault: Error, Hashable, CustomStringConvertible {
    /// More was published than the database knows: it was rolled back.
    case rolledBack(published: UInt64, known: UInt64)
    /// The published head is not the head of these leaves.
    case otherHead(size: UInt64)
    /// A leaf that was given a place is not there.
    case leafMissing(UInt64)
    /// The published head is not signed with the log's key.
    case notOurs

    package var description: String {
        switch self {
        case .rolledBack(let published, let known):
            "the log was published with \(published) entries, and the database knows \(known): it was rolled back"
        case .otherHead(let size): "the head published for \(size) entries is not that of the entries in the database"
        case .leafMissing(let index): "entry \(index) of the log is not in the database"
        case .notOurs: "the published head of the log is not signed with its key"
        }
    }
}
