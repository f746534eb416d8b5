import Database
import GRDB

import enum Database.DatabaseError

/// Where an error came up. Nothing is bound while preparing, so the engine's message is safe to pass on then; while
/// running, messages such as those of FTS5 quote what was bound.
enum Stage { case preparing, running }

/// GRDB's error as the contract has it.
func translate(_ error: any Error, while stage: Stage) -> DatabaseError {
    guard let error = error as? GRDB.DatabaseError else { return .statement("unknown failure") }
    let message = error.message ?? "code \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_INTERRUPT: return .busy
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_NOMEM:
        return .unavailable(message)
    case .SQLITE_READONLY: return .statement("a read cannot write")
    case .SQLITE_CONSTRAINT: return constraint(error.extendedResultCode, message)
    case .SQLITE_MISUSE where stage == .running: return .statement("the number of parameters is wrong")
    default:
        return .statement(stage == .preparing ? message : "SQLite error \(error.extendedResultCode.rawValue)")
    }
}

/// SQLite names the table and columns of a broken rule, never values.
private func constraint(_ code: ResultCode, _ message: String) -> DatabaseError {
    let place = message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? message
    return switch code {
    case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
        .constraint(.unique, place)
    case .SQLITE_CONSTRAINT_FOREIGNKEY: .constraint(.foreignKey, place)
    case .SQLITE_CONSTRAINT_NOTNULL: .constraint(.notNull, place)
    case .SQLITE_CONSTRAINT_CHECK: .constraint(.check, place)
    default: .statement(message)
    }
}
