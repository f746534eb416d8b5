import Casefile
import Entrance
import Hummingbird
import Mustache
import Site

/// Evidence: sealed as it arrives, listed, taken out again.
extension ReportingRoutes {
    func addFiles(to routes: some RouterMethods<SiteContext>) {
        routes.get("/report/files") { request, context in
            try await visit(request, context) { try filesPage($0, $0.draft, [], $0.isReturning) }
        }
        routes.post("/report/files") { request, context in
            try await visit(request, context) { visit in
                do {
                    return try await waitingForFiles(request, visit.context, back: "/report/files") {
                        try await take(visit)
                    }
                } catch DraftError.full { return try full(request, visit.context) }
            }
        }
        routes.post("/report/files/remove") { request, context in
            try await visit(request, context) { visit in
                let form = try await visit.form()
                if let stored = form["stored"] { try await drafts.remove(stored, from: visit.key) }
                return .seeOther("/report/files" + (form["to"] == "check" ? "?to=check" : ""))
            }
        }
    }

    private func take(_ visit: Visit) async throws -> Response {
        let sent = try await upload(visit.request, visit.context) {
            // Whoever only goes on or back needs no room.
            guard try await drafts.hasRoom() else { throw DraftError.full }
        } keep: { staged in
            try await drafts.add(staged, to: visit.key)
        }
        let form = sent.form
        let query = form["to"] == "check" ? "?to=check" : ""
        if !sent.faults.isEmpty {
            guard case .open(let draft) = try await drafts.find(visit.key) else { return .seeOther("/report") }
            return try filesPage(visit, draft, sent.faults, !query.isEmpty)
        }
        guard form["go"] == "next" || form["go"] == "back" else { return .seeOther("/report/files" + query) }
        return onward(form, from: .files)
    }

    /// What came with a form with files: its plain fields, and what is wrong with files that were not kept.
    struct Upload {
        var form: Form
        var faults: [FieldError]
    }

    /// Receives a form with files as ``UploadedForm`` does, with what the page's script could not send piece by piece.
    func upload(
        _ request: Request, _ context: SiteContext, begin: () async throws -> Void,
        keep: (StagedFile) async throws -> Void
    ) async throws -> Upload {
        let sent = try await UploadedForm.receive(request, context, into: services.casefile) { _ in
            try await begin()
            try admit(.upload, request, context)
        } keep: { staged in
            try await keep(staged)
        }
        var upload = Upload(form: sent.fields, faults: sent.faults)
        // What was not taken piece by piece, as "reason name".
        for words in upload.form.all("refused").prefix(EvidenceLimits.files) {
            let parts = words.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, let reason = FileRefusal(rawValue: parts[0]) else { continue }
            upload.faults.append(reason.fault(of: FileStore.plainName(parts[1])))
        }
        return upload
    }

    /// What file dialogs offer first; what is taken is told by the first bytes and not by this.
    static let accepted =
        "image/*,audio/*,video/*,application/pdf,text/plain,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.wps,.et,.dps"

    private func filesPage(
        _ visit: Visit, _ draft: Draft, _ faults: [FieldError], _ isReturning: Bool
    ) throws -> Response {
        let texts = visit.texts
        let summary = ErrorSummary(faults, texts)
        let isFull = draft.files.count >= EvidenceLimits.files
        let model = FilesPage(
            progress: progress(.files, texts), summary: summary.isEmpty ? nil : summary,
            rows: draft.files.map { FileRow(name: $0.name, size: sizeText($0.size), stored: $0.stored) },
            chooser: isFull
                ? nil
                : FormField(
                    "files", texts.text("reporting.files.choose"),
                    .file(accept: Self.accepted, multiple: true), hint: texts.text("reporting.files.hint"),
                    error: summary["files"]),
            isReturning: isReturning)
        return try page(
            "files", model, visit, title: title(.files, texts), isWrong: !faults.isEmpty)
    }
}

/// A size as people read it.
func sizeText(_ bytes: Int64) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    let tenths = bytes >= 1 << 20 ? bytes / ((1 << 20) / 10) : bytes / 102
    return "\(tenths / 10).\(tenths % 10) \(bytes >= 1 << 20 ? "MB" : "KB")"
}

struct FileRow: MustacheParent {
    let name: String
    let size: String
    var stored = ""

    func child(named name: String) -> Any? {
        switch name {
        case "name": self.name
        case "size": size
        case "stored": stored
        default: nil
        }
    }
}

struct FilesPage: MustacheParent {
    let progress: String
    let summary: ErrorSummary?
    let rows: [FileRow]
    let chooser: FormField?
    let isReturning: Bool

    func child(named name: String) -> Any? {
        switch name {
        case "progress": progress
        case "summary": summary
        case "hasRows": !rows.isEmpty
        case "rows": rows
        case "chooser": chooser
        case "returning": isReturning
        default: nil
        }
    }
}
