import Database

/// The fields of an error's report, as `postgres_ext.h` numbers them.
enum PGDiagnostic {
    static let state = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
    static let table = Int32(UInt8(ascii: "t"))
    static let column = Int32(UInt8(ascii: "c"))
    static let constraint = Int32(UInt8(ascii: "n"))
}

/// The server's error as the contract has it, by SQLSTATE (PostgreSQL 15, appendix A).
///
/// Only messages about the statement's own text are passed on: those of data errors quote what was bound.
func translate(_ answer: Answer?, lost: Bool) -> DatabaseError {
    guard let answer, let state = answer.state else {
        return lost
            ? .unavailable("the connection to PostgreSQL was lost") : .statement("PostgreSQL answered out of turn")
    }
    switch state {
    case "23505", "23P01": return .constraint(.unique, place(answer))
    case "23503": return .constraint(.foreignKey, place(answer))
    case "23502": return .constraint(.notNull, place(answer))
    case "23514": return .constraint(.check, place(answer))
    case "40001", "40P01", "55P03", "57014": return .busy
    case "25006": return .statement("a read cannot write")
    default: break
    }
    switch state.prefix(2) {
    case "08", "53", "57", "58", "XX": return .unavailable("PostgreSQL answered SQLSTATE \(state)")
    case "42": return .statement(answer.field(PGDiagnostic.message) ?? "SQLSTATE \(state)")
    default: return lost ? .unavailable("SQLSTATE \(state)") : .statement("PostgreSQL answered SQLSTATE \(state)")
    }
}

/// The table with the column or rule at fault.
private func place(_ answer: Answer) -> String {
    [PGDiagnostic.table, PGDiagnostic.column, PGDiagnostic.constraint].compactMap(answer.field)
        .joined(separator: ".")
}
