import CLibPQ
import Foundation

enum PostgresFailure: Error { case connection, statement }

/// One libpq connection on a queue of its own.
///
/// The connection is touched on `queue` alone, which makes the struct safe to share.
struct PostgresStore: Store, @unchecked Sendable {
    private let link: OpaquePointer
    private let queue = DispatchQueue(label: "writer")

    init(_ url: String) throws {
        guard let link = PQconnectdb(url), PQstatus(link) == CONNECTION_OK else { throw PostgresFailure.connection }
        self.link = link
        try execute("SET synchronous_commit = on")
        try execute("DROP TABLE IF EXISTS piece")
        try execute("CREATE TABLE piece (id TEXT PRIMARY KEY NOT NULL, body BYTEA NOT NULL)")
        try check(PQprepare(link, "insert", "INSERT INTO piece (id, body) VALUES ($1, $2)", 2, [25, 17]))
    }

    func write(_ pieces: [[UInt8]]) async throws {
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
            queue.async {
                caller.resume(
                    with: Result {
                        try execute("BEGIN")
                        for piece in pieces { try insert(piece) }
                        try execute("COMMIT")
                    })
            }
        }
    }

    private func insert(_ piece: [UInt8]) throws {
        let id = Array(UUID().uuidString.utf8)
        try id.withUnsafeBytes { id in
            try piece.withUnsafeBytes { piece in
                let values = [id, piece].map { $0.baseAddress?.assumingMemoryBound(to: CChar.self) }
                try check(
                    PQexecPrepared(
                        link, "insert", 2, values, [Int32(id.count), Int32(piece.count)], [1, 1], 1))
            }
        }
    }

    private func execute(_ command: String) throws { try check(PQexec(link, command)) }

    private func check(_ result: OpaquePointer?) throws {
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw PostgresFailure.statement
        }
    }
}
