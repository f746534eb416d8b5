import CLibPQ
import Database

/// One libpq connection, made when first needed and made anew when it was lost.
final class PostgresConnection: Connection, Post {
    private let address: Address
    private let opening: String
    private var link: OpaquePointer?
    private var plans = Plans()
    private var lastCursor = 0

    init(address: Address, begin: String) {
        self.address = address
        opening = begin
    }

    deinit { drop() }

    var engine: Engine { .postgres }

    func use(_ body: (any Connection) -> Void) throws(DatabaseError) { body(self) }

    func close() { drop() }

    func run(_ sql: SQL) throws(DatabaseError) -> Int {
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
        _ = try run(SQL(raw: "DECLARE \(name) NO SCROLL CURSOR FOR ") + sql)
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

    func control(_ commands: String...) throws(DatabaseError) {
        let link = try living()
        _ = try check(PQexec(link, commands.joined(separator: "; ")))
    }

    func commit() throws(DatabaseError) -> Int {
        let answer = try check(PQexec(try living(), "COMMIT"))
        // A server that had given the transaction up answers ROLLBACK without an error.
        guard answer.command == "COMMIT" else { throw .statement("the transaction was rolled back") }
        return 1
    }

    func rollback() {
        guard let link else { return }
        let state = PQtransactionStatus(link)
        if state == PQTRANS_INTRANS || state == PQTRANS_INERROR { PQclear(PQexec(link, "ROLLBACK")) }
        if PQtransactionStatus(link) != PQTRANS_IDLE { drop() }
    }

    private func answer(to sql: SQL) throws(DatabaseError) -> (Answer, Plan) {
        let link = try living()
        let plan = try plan(for: sql, on: link)
        let parameters = Parameters(sql.values)
        let answer = try check(
            parameters.withPointers { pointers, lengths, formats in
                PQexecPrepared(link, plan.name, Int32(sql.values.count), pointers, lengths, formats, 1)
            })
        return (answer, plan)
    }

    private func plan(for sql: SQL, on link: OpaquePointer) throws(DatabaseError) -> Plan {
        if let plan = plans.find(sql) { return plan }
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
        let error = translate(answer, lost: PQstatus(link) == CONNECTION_BAD)
        if case .unavailable = error { drop() }
        // A plan that the schema has outgrown: forget them all, so that the next transaction plans anew.
        if answer?.state == "0A000" || answer?.state == "26000" { drop() }
        throw error
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
