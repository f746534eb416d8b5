import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Site

/// The auditor's page of the public log: its heads, its witnesses, what is wrong with it, and the audits of everything
/// against it.
struct LogAuditRoutes: Sendable {
    let services: Services

    private var casefile: Casefile { services.casefile }

    func add(to routes: some RouterMethods<SiteContext>) {
        routes.get("/audit/log") { request, context in try await self.page(request, context) }
        routes.post("/audit/log/begin") { request, context in
            _ = try await request.form(context)
            // Somebody else's runs: it is the same one.
            do { try await casefile.beginWholeAudit(by: try context.viewer) } catch CasefileError.notNow {}
            return Response.seeOther("/audit/log")
        }
        routes.post("/audit/log/stop") { request, context in
            _ = try await request.form(context)
            try await casefile.stopWholeAudit(by: try context.viewer)
            return Response.seeOther("/audit/log")
        }
    }

    private func page(_ request: Request, _ context: SiteContext) async throws -> Response {
        let overview = try await casefile.logOverview(for: try context.viewer)
        let words = AuditWords(
            world: overview.world, workflow: casefile.workflow, texts: services.shell.texts(context))
        var response = try await services.draw(
            "audit-log", page(overview, words), title: words.texts.text("audit.log.title"), request, context)
        if overview.running != nil, let refresh = HTTPField.Name("Refresh") { response.headers[refresh] = "2" }
        return response
    }

    private func page(_ overview: LogOverview, _ words: AuditWords) -> AuditEntry {
        let texts = words.texts
        let head = overview.heads.first
        var running: AuditEntry?
        if case .runs(let part, let hundredths, let isStopping)? = overview.running?.ending {
            let said = texts.format(
                "audit.log.running", ["part": texts.text("audit.log.part.\(part.rawValue)"), "n": String(hundredths)])
            running = AuditEntry(["said": said, "done": String(hundredths), "mayStop": !isStopping])
        }
        let verified = overview.verified.flatMap { audit -> String? in
            guard case .right(let entries) = audit.ending, let ended = audit.ended else { return nil }
            return texts.format("audit.log.verified", ["n": String(entries), "at": ended.shortText])
        }
        return AuditEntry([
            "size": head.map { String($0.size) }, "root": head?.root, "verified": verified,
            "running": running, "mayBegin": running == nil,
            "alarms": overview.alarms.map { alarm(of: $0, words) }, "hasAlarms": !overview.alarms.isEmpty,
            "heads": overview.heads.map { head in
                AuditEntry([
                    "size": String(head.size), "at": head.at.shortText, "root": head.root,
                    "witnesses": head.witnesses.isEmpty ? "—" : texts.list(head.witnesses),
                ])
            },
            "hasHeads": head != nil,
            "witnesses": overview.witnesses.map { witness in
                AuditEntry([
                    "name": witness.name, "size": String(witness.size), "at": witness.seen?.shortText ?? "—",
                    "tried": witness.tried.shortText,
                ])
            },
            "hasWitnesses": !overview.witnesses.isEmpty,
            "watched": overview.watched.map { log in
                AuditEntry(["name": log.name, "size": String(log.size), "at": log.at?.shortText ?? "—"])
            },
            "hasWatched": !overview.watched.isEmpty,
            "audits": overview.audits.map { audit in
                AuditEntry([
                    "began": audit.began.shortText, "ended": audit.ended?.shortText ?? "—",
                    "by": words.name(audit.by), "found": found(audit.ending, texts),
                ])
            },
            "hasAudits": !overview.audits.isEmpty,
        ])
    }

    private func alarm(of alarm: LogAlarm, _ words: AuditWords) -> AuditEntry {
        let texts = words.texts
        let known = texts.has("audit.log.about.\(alarm.about)")
        return AuditEntry([
            "about": known ? texts.text("audit.log.about.\(alarm.about)") : alarm.about,
            "detail": texts.format("audit.log.trouble.\(alarm.trouble.kind.rawValue)", alarm.trouble.facts),
            "at": alarm.at.shortText, "lasts": alarm.ended == nil,
            "ended": alarm.ended.map { $0.shortText } ?? texts.text("audit.log.lasts"),
        ])
    }

    private func found(_ ending: WholeAudit.Ending, _ texts: Catalogue) -> String {
        switch ending {
        case .runs(let part, let hundredths, _):
            texts.format(
                "audit.log.running", ["part": texts.text("audit.log.part.\(part.rawValue)"), "n": String(hundredths)])
        case .right(let entries): texts.format("audit.log.right", ["n": String(entries)])
        case .fault(let part, let entry):
            texts.format("audit.log.fault", ["part": texts.text("audit.log.part.\(part.rawValue)")])
                + (entry.map { texts.format("audit.log.at-entry", ["n": String($0)]) } ?? "")
        case .stopped: texts.text("audit.log.stopped")
        case .cutOff: texts.text("audit.log.cut-off")
        }
    }
}
