package import Casework
import Database
import Foundation
package import Kernel
import Sealing

/// What the holder of a receipt sees: stages in plain words, notices, the conversation, own files. Never other people.
package struct ReceiptView: Sendable {
    package enum May: String, Sendable, CaseIterable { case message, file, objection, rating }
    package var stage: String
    package var history: [(at: Instant, stage: String)]
    package var conversation: [Turn]
    /// When, why (a value of `identity-ground`) and for how long (of `identity-window`) the identity was opened.
    package var openings: [(at: Instant, ground: String, window: String)]
    package var files: [FileView]
    package var may: [May]
    /// Whether the reporter may ask now that somebody stand aside: one such request at a time.
    package var mayAskRecusal: Bool
    package var organ: Organ
    /// Whether the filing stands in a published head of the log, and can be proven.
    package var isProven: Bool
}

/// What a reporter thinks of the outcome.
package struct Rating: Sendable {
    package var score: Int
    package var settled: Bool
    package var comment: String

    package init(score: Int, settled: Bool, comment: String) {
        self.score = score
        self.settled = settled
        self.comment = comment
    }
}

extension Casefile {
    /// Opens a report by receipt; `.notFound` for an unknown one.
    package func receipt(_ holder: ReceiptHolder) async throws -> ReceiptView {
        let casefile = self
        return try await database.read { tx in
            let open = try OpenReport.load(tx, for: holder, casefile: casefile)
            let texts = try casefile.openTexts(open, tx)
            let stored = open.stored
            var history: [(at: Instant, stage: String)] = []
            for row in try tx.rows("SELECT at, to_stage FROM event WHERE report_id = \(stored.id) ORDER BY seq") {
                let stage: String = try row.get("to_stage")
                guard let name = open.workflow.stages[stage]?.publicStage, history.last?.stage != name else {
                    continue
                }
                let at: Instant = try row.get("at")
                history.append((at.toTheHour, name))
            }
            guard let custody = stored.standing.custody, let organ = open.picture.world.organs[custody.organ] else {
                throw CasefileError.notFound
            }
            return ReceiptView(
                stage: history.last?.stage ?? "received", history: history,
                conversation: casefile.conversation(texts).filter { $0.kind != "objection" || $0.from == "reporter" },
                openings: stored.standing.done.filter { $0.isAgreement(to: "open-identity") }.map {
                    ($0.at.toTheHour, $0.codes["ground"] ?? "", $0.codes["window"] ?? "")
                }, files: try casefile.fileViews(open, tx).filter { $0.author == "reporter" }, may: casefile.may(open),
                mayAskRecusal: casefile.mayAskRecusal(open), organ: organ, isProven: try casefile.isProven(open, tx))
        }
    }

    private func may(_ open: OpenReport) -> [ReceiptView.May] {
        let stored = open.stored
        let stage = stored.standing.stage
        let ended = open.workflow.stages[stage]?.phase == .end
        var result: [ReceiptView.May] = ended ? [] : [.message, .file]
        let answers = stored.standing.done.filter { ["feedback", "decline", "outside-result"].contains($0.act) }
        let answered = !answers.isEmpty
        // Whoever is answered on Monday, and reads it after the file was put away on Tuesday, may object all the same.
        if stage == "answered" || ended && answers.last.map({ $0.act != "decline" }) == true {
            result.append(.objection)
        }
        if answered, !stored.rated { result.append(.rating) }
        return result
    }

    private func mayAskRecusal(_ open: OpenReport) -> Bool {
        let standing = open.stored.standing
        return open.workflow.stages[standing.stage]?.phase != .end
            && open.workflow.acts[Self.recusalRequest] != nil
            && !open.workflow.pending(on: standing).contains { $0.rule.isOfReporter }
    }

    /// Adds a message of the reporter.
    package func message(_ text: String, from holder: ReceiptHolder) async throws {
        try await tell("reporter-message", "reporter-message.text", text, to: nil, from: holder, needs: .message)
    }

    /// Objects to the result (规则 27条).
    package func object(_ text: String, from holder: ReceiptHolder) async throws {
        try await tell("object", "reporter-objection.text", text, to: "objected", from: holder, needs: .objection)
    }

    /// Rates the outcome, once.
    package func rate(_ rating: Rating, from holder: ReceiptHolder) async throws {
        guard (1...5).contains(rating.score) else { throw CasefileError.invalid([FieldFault("score", "range")]) }
        try await tell(
            "rate", "rate.comment", rating.comment, to: nil, from: holder, needs: .rating,
            codes: ["score": String(rating.score), "settled": rating.settled ? "true" : "false"])
    }

    private static var recusalRequest: String { "request-recusal" }

    /// Asks that somebody stand aside (规则 48条). The words are sealed to those who decide alone: the leaders of the organ
    /// that has the report, or of the one above where a leader is named in them; to nobody who is named. `.nobodyHome`
    /// where none is left.
    package func askRecusal(of whom: String, because reason: String, from holder: ReceiptHolder) async throws {
        let told = [("whom", whom, FilingLimits.short), ("reason", reason, FilingLimits.content)]
        let faults = told.compactMap { name, text, most -> FieldFault? in
            if text.allSatisfy(\.isWhitespace) { return FieldFault(name, "required") }
            return text.count > most || text.utf8.contains(0) ? FieldFault(name, "tooLong") : nil
        }
        guard faults.isEmpty else { throw CasefileError.invalid(faults) }
        let casefile = self
        try await retryingStale {
            let open = try await database.read { tx in
                try OpenReport.load(tx, for: holder, casefile: casefile)
            }
            guard casefile.mayAskRecusal(open), let rule = open.workflow.acts[Self.recusalRequest] else {
                throw CasefileError.notNow
            }
            var change = ActChange(
                act: PossibleAct(rule: rule, to: open.stored.standing.stage), open: open, letter: nil, viewer: nil,
                at: clock.now().toTheHour)
            try change.askRecusal(of: whom, because: reason)
            try await commit([change])
        }
    }

    private func tell(
        _ act: String, _ field: String, _ text: String, to stage: String?, from holder: ReceiptHolder,
        needs: ReceiptView.May, codes: [String: String] = [:]
    ) async throws {
        let required = needs != .rating
        if required, text.allSatisfy(\.isWhitespace) {
            throw CasefileError.invalid([FieldFault("text", "required")])
        }
        if text.count > FilingLimits.content || text.utf8.contains(0) {
            throw CasefileError.invalid([FieldFault(required ? "text" : "comment", "tooLong")])
        }
        try await retryingStale {
            try await tellOnce(act, field, text, to: stage, from: holder, needs: needs, codes: codes)
        }
    }

    private func tellOnce(
        _ act: String, _ field: String, _ text: String, to stage: String?, from holder: ReceiptHolder,
        needs: ReceiptView.May, codes: [String: String]
    ) async throws {
        let casefile = self
        let open = try await database.read { tx in
            try OpenReport.load(tx, for: holder, casefile: casefile)
        }
        guard may(open).contains(needs) else { throw CasefileError.notNow }
        let rule = ActRule.unruled(act)
        var change = ActChange(
            act: PossibleAct(rule: rule, to: stage ?? open.stored.standing.stage), open: open, letter: nil,
            viewer: nil, at: clock.now().toTheHour)
        change.codes = codes
        if needs == .rating { change.after.rated = true } else { change.markNews() }
        if !text.isEmpty { try change.seal(field, text, under: change.open.letterKey) }
        try await commit([change])
    }
}

extension OpenReport {
    /// Loads a report for whoever holds its receipt: the letter key and nothing else.
    static func load(_ tx: any Transaction, for holder: ReceiptHolder, casefile: Casefile) throws -> OpenReport {
        guard let row = try tx.first("SELECT * FROM report WHERE receipt_lookup = \(holder.lookup)") else {
            throw CasefileError.notFound
        }
        let stored = try StoredReport.load(tx, row: row)
        if stored.standing.isDestroyed, let end = stored.standing.done.last {
            throw CasefileError.destroyed(on: end.at.day, rule: end.codes["rule"] ?? "")
        }
        let picture = try casefile.pictures.current(tx)
        var open = OpenReport(
            stored: stored, reach: .receipt, keys: [:], picture: picture,
            workflow: casefile.rules(of: stored, in: picture))
        try open.loadKeys(tx) { key, recipient, row in
            guard key.kind == "letter", recipient == Recipient.receipt.description else { return nil }
            return try HeldKey.opening(try row.get("wrap"), with: holder.privateKey, id: key.id)
        }
        return open
    }
}
