import CLibPQ
import Database

/// One libpq connection, made when first needed and made anew when it was lost.
///
/// Statements whose outcome nobody asks for are sent one behind the other (libpq's pipeline mode, PostgreSQL 15, 34.5) and
/// settled by the next one that is: a transaction of twenty statements waits for the server a few times.
final class PostgresConnection: Connection, Post {
    private let address: Address
    private let opening: String
    private var link: OpaquePointer?
    private var plans = Plans()
    private var lastCursor = 0
    /// How many statements were sent and not settled; the link is in pipeline mode while there are some.
    private var unsettled = 0
    /// So many at most: their answers have to fit into the buffers between the two.
    private static let mostUnsettled = 32

    init(address: Address, begin: String) {
        self.address = address
        opening = begin
    }

    deinit { drop() }

    var engine: Engine { .postgres }

    func use(_ body: (any Connection) -> Void) throws(DatabaseError) { body(self) }

    func close() { drop() }

    func run(_ sql: SQL) throws(DatabaseError) {
        let plan = try plan(for: sql, on: try living())
        try send(sql.values, to: plan)
        // The server works on it while the next is made.
        guard PQflush(try living()) == 0 else { throw broken() }
        if unsettled >= Self.mostUnsettled { try settle() }
    }

    func changes(_ sql: SQL) throws(DatabaseError) -> Int {
        try answer(to: sql).0.changedRows
    }

    func rows(_ sql: SQL) throws(DatabaseError) -> [Row] {
        let (answer, plan) = try answer(to: sql)
        return try answer.rows(columns: &plan.columns)
    }

    func numbers(_ sql: SQL) throws(DatabaseError) -> [Int64] { try answer(to: sql).0.numbers() }

    func forEach(_ sql: SQL, _ body: (Row) -> Bool) throws(DatabaseError) {
        // A name of its own each time, so that no plan of another query's answer is taken for this one's.
        lastCursor &+= 1
        let name = "cursor_\(lastCursor)"
        try run(SQL(raw: "DECLARE \(name) NO SCROLL CURSOR FOR ") + sql)
        while true {
            let page = try rows(SQL(raw: "FETCH 200 FROM \(name)"))
            guard !page.isEmpty, page.allSatisfy(body) else { break }
        }
        try control("CLOSE \(name)")
    }

    func begin() throws(DatabaseError) {
        if link != nil {
            do throws(DatabaseError) {
                try control(opening)
                return
            } catch {
                // Found dead before anything was begun: once more on a fresh connection.
                guard link == nil else { throw error }
            }
        }
        try connect()
        try control(opening)
    }

    func control(_ command: String) throws(DatabaseError) {
        try settle()
        _ = try check(PQexec(try living(), command))
    }

    func savepoint(_ name: String) throws(DatabaseError) { try send("SAVEPOINT \(name)") }

    func release(_ name: String) throws(DatabaseError) {
        try send("RELEASE SAVEPOINT \(name)")
        try settle()
    }

    func back(to name: String) throws(DatabaseError) {
        // What failed before is undone too.
        do throws(DatabaseError) { try settle() } catch {}
        try control("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
    }

    func commit() throws(DatabaseError) -> Int {
        try send("COMMIT")
        // A server that had given the transaction up answers ROLLBACK without an error.
        guard try settle()?.command == "COMMIT" else { throw .statement("the transaction was rolled back") }
        return 1
    }

    func rollback() {
        do throws(DatabaseError) { try settle() } catch {}
        guard let link else { return }
        let state = PQtransactionStatus(link)
        if state == PQTRANS_INTRANS || state == PQTRANS_INERROR { PQclear(PQexec(link, "ROLLBACK")) }
        if PQtransactionStatus(link) != PQTRANS_IDLE { drop() }
    }

    private func answer(to sql: SQL) throws(DatabaseError) -> (Answer, Plan) {
        let plan = try plan(for: sql, on: try living())
        if unsettled > 0 {
            try send(sql.values, to: plan)
            guard let answer = try settle() else { throw .statement("PostgreSQL answered out of turn") }
            return (answer, plan)
        }
        let link = try living()
        let answer = try check(
            Parameters(sql.values).withPointers { pointers, lengths, formats in
                PQexecPrepared(link, plan.name, Int32(sql.values.count), pointers, lengths, formats, 1)
            })
        return (answer, plan)
    }

    /// Sends a statement behind those that were sent before.
    private func send(_ values: [Value], to plan: Plan) throws(DatabaseError) {
        try send { link in
            Parameters(values).withPointers { pointers, lengths, formats in
                PQsendQueryPrepared(link, plan.name, Int32(values.count), pointers, lengths, formats, 1)
            }
        }
    }

    private func send(_ command: String) throws(DatabaseError) {
        try send { link in PQsendQueryParams(link, command, 0, nil, nil, nil, nil, 1) }
    }

    private func send(_ statement: (OpaquePointer) -> Int32) throws(DatabaseError) {
        let link = try living()
        guard unsettled > 0 || PQenterPipelineMode(link) == 1, statement(link) == 1 else { throw broken() }
        unsettled += 1
    }

    /// Waits until everything that was sent has been executed; answers what came of the last of it, or throws the failure of
    /// the first that failed: the server has skipped the others.
    @discardableResult private func settle() throws(DatabaseError) -> Answer? {
        guard let link, unsettled > 0 else { return nil }
        unsettled = 0
        guard PQpipelineSync(link) == 1 else { throw broken() }
        var last: Answer?
        var failed: Answer?
        while true {
            // Behind the answers to each statement stands none.
            guard let result = PQgetResult(link) else {
                guard PQstatus(link) == CONNECTION_OK else { throw broken() }
                continue
            }
            let answer = Answer(result)
            if answer.endsPipeline { break }
            last = answer
            if !answer.isGood, failed == nil { failed = answer }
        }
        guard PQexitPipelineMode(link) == 1 else { throw broken() }
        if let failed { throw failure(failed) }
        return last
    }

    /// A connection on which nothing more can be asked.
    private func broken() -> DatabaseError {
        drop()
        return .unavailable("the connection to PostgreSQL was lost")
    }

    private func plan(for sql: SQL, on link: OpaquePointer) throws(DatabaseError) -> Plan {
        if let plan = plans.find(sql) { return plan }
        // Nothing can be prepared in pipeline mode.
        try settle()
        let (text, count) = SQLScanner.numberParameters(of: sql.text)
        guard count == sql.values.count, count <= 65_535 else { throw .statement("the number of parameters is wrong") }
        if plans.areFull {
            _ = try check(PQexec(link, "DEALLOCATE ALL"))
            plans.clear()
        }
        let plan = Plan(name: plans.nextName(), types: sql.values.map(\.oid))
        _ = try check(PQprepare(link, plan.name, text, Int32(count), plan.types))
        if plan.types.contains(0) {
            // The server chose types where NULL stood; knowing them lets the same plan serve later values.
            let description = try check(PQdescribePrepared(link, plan.name))
            plan.types = description.parameterTypes
        }
        plans.add(plan, for: sql)
        return plan
    }

    private func check(_ result: OpaquePointer?) throws(DatabaseError) -> Answer {
        let answer = result.map(Answer.init)
        if let answer, answer.isGood { return answer }
        throw failure(answer)
    }

    /// What a bad answer says; the connection is given up where it can be of no more use.
    private func failure(_ answer: Answer?) -> DatabaseError {
        let error = translate(answer, lost: PQstatus(link) == CONNECTION_BAD)
        if case .unavailable = error { drop() }
        // A plan that the schema has outgrown: forget them all, so that the next transaction plans anew.
        if answer?.state == "0A000" || answer?.state == "26000" { drop() }
        return error
    }

    private func living() throws(DatabaseError) -> OpaquePointer {
        guard let link else { throw .unavailable("the connection to PostgreSQL was lost") }
        return link
    }

    private func connect() throws(DatabaseError) {
        drop()
        let keywords = ["connect_timeout", "fallback_application_name", "dbname"]
        let values = ["10", "mingjian", address.url]
        let made = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let made, PQstatus(made) == CONNECTION_OK else {
            let reason = made.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
            PQfinish(made)
            throw .unavailable("cannot connect to PostgreSQL: \(address.scrub(reason))")
        }
        link = made
        PQsetNoticeReceiver(made, { _, _ in }, nil)
        _ = try check(
            PQexec(
                made,
                """
                SET synchronous_commit = on; SET standard_conforming_strings = on; SET client_encoding = 'UTF8';
                SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '120s'
                """))
    }

    private func drop() {
        PQfinish(link)
        link = nil
        unsettled = 0
        plans.clear()
    }
}

/// The texts as a NULL-terminated array of C strings, for the length of `body`.
private func withCStrings<T>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> T) -> T {
    func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> T {
        guard texts.indices.contains(index) else { return body(pointers + [nil]) }
        return texts[index].withCString { next(index + 1, pointers + [$0]) }
    }
    return next(0, [])
}
