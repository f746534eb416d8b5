import CLibPQ
import Database

/// What the server answered to one statement.
final class Answer {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }
    deinit { PQclear(result) }

    var isGood: Bool {
        let status = PQresultStatus(result)
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
    }

    /// Whether it stands behind the answers to all that was sent together.
    var endsPipeline: Bool { PQresultStatus(result) == PGRES_PIPELINE_SYNC }

    /// The command's tag, such as `COMMIT`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// Rows inserted, updated or deleted; 0 for anything else.
    var changedRows: Int {
        guard ["INSERT", "UPDATE", "DELETE"].contains(where: command.hasPrefix) else { return 0 }
        return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The SQLSTATE of an error.
    var state: String? { field(PGDiagnostic.state) }

    /// A field of an error's report.
    func field(_ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    /// The types of a described statement's parameters.
    var parameterTypes: [Oid] { (0..<max(PQnparams(result), 0)).map { PQparamtype(result, $0) } }

    /// All rows; `columns` keeps the names for the next time.
    func rows(columns: inout [String]?) throws(DatabaseError) -> [Row] {
        let width = max(PQnfields(result), 0)
        let names = columns ?? (0..<width).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
        columns = names
        var rows: [Row] = []
        rows.reserveCapacity(Int(PQntuples(result)))
        for row in 0..<max(PQntuples(result), 0) {
            var values: [Value] = []
            values.reserveCapacity(names.count)
            for column in 0..<width { values.append(try value(row, column)) }
            rows.append(Row(columns: names, values: values))
        }
        return rows
    }

    /// The first column of all rows, whole numbers.
    func numbers() throws(DatabaseError) -> [Int64] {
        var numbers: [Int64] = []
        numbers.reserveCapacity(Int(max(PQntuples(result), 0)))
        for row in 0..<max(PQntuples(result), 0) {
            guard case .integer(let number) = try value(row, 0) else {
                throw .decoding(column: "#0", "this is no whole number")
            }
            numbers.append(number)
        }
        return numbers
    }

    private func value(_ row: Int32, _ column: Int32) throws(DatabaseError) -> Value {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let type = PQftype(result, column)
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(max(PQgetlength(result, row, column), 0)))
        guard let value = Value(type: type, bytes: bytes) else {
            let name = PQfname(result, column).map { String(cString: $0) } ?? "#\(column)"
            throw .statement("column \(name) has PostgreSQL type \(type); CAST it AS INTEGER, BIGINT, REAL or TEXT")
        }
        return value
    }
}
