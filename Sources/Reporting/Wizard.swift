import Casefile
import Casework
import Entrance
import HTTPTypes
import Hummingbird
import Kernel
import Mustache
import Sealing
import Site

/// One request of the wizard with the draft that its cookie opens.
struct Visit: Sendable {
    let request: Request
    let context: SiteContext
    let key: DraftKey
    let draft: Draft
    let texts: Catalogue

    /// Reads the form and checks its token.
    func form() async throws -> Form { try await request.form(context) }

    /// Whether the page was opened from the summary and leads back there.
    var isReturning: Bool { (try? request.query["to"]) == "check" }
}

extension ReportingRoutes {
    func addWizard(to routes: some RouterMethods<SiteContext>) {
        addStart(to: routes)
        addParties(to: routes)
        addStory(to: routes)
        addFiles(to: routes)
        addIdentity(to: routes)
        addSending(to: routes)
        addCrowding(to: routes)
        addLeaving(to: routes)
    }

    /// The cookie goes to the wizard's own pages only and ends with the browser.
    static let cookiePath = "/report"

    func draftKey(_ request: Request) -> DraftKey? {
        request.cookie("draft", path: Self.cookiePath).flatMap(DraftKey.init)
    }

    func forgetDraft(_ response: inout Response) {
        response.removeCookie("draft", secure: services.shell.settings.secureCookies, path: Self.cookiePath)
    }

    /// The context whose forms must carry the draft's token.
    func guarded(_ context: SiteContext, by key: DraftKey?) -> SiteContext {
        var context = context
        if let key { context.csrf = FormToken.derive(from: key.cookie) }
        return context
    }

    /// Opens the draft for a page. Without one, people are led to the beginning; after sending, they are told so.
    func visit(
        _ request: Request, _ context: SiteContext, _ page: (Visit) async throws -> Response,
        sent: ((SiteContext, DraftKey) async throws -> Response)? = nil
    ) async throws -> Response {
        // Whoever sends a page without its draft is told that nothing of it was kept.
        guard let key = draftKey(request) else {
            return .seeOther(request.method == .post ? "/report?gone=yes" : "/report")
        }
        let context = guarded(context, by: key)
        switch try await drafts.find(key) {
        case .open(let draft):
            return try await page(
                Visit(
                    request: request, context: context, key: key, draft: draft,
                    texts: services.shell.texts(context)))
        case .sent: return try await sent?(context, key) ?? alreadySent(request, context)
        case .gone:
            var response = Response.seeOther("/report?gone=yes")
            forgetDraft(&response)
            return response
        }
    }

    /// Draws a page of the wizard. The title is what the history of the browser keeps: the number of the step and a
    /// neutral word, never the question.
    func page(
        _ template: String, _ model: any MustacheParent, _ visit: Visit, title: String, isWrong: Bool = false
    ) throws -> Response {
        var frame = services.shell.frame(visit.request, visit.context, title: title)
        frame.leaveAction = Self.leaveAction
        return try services.shell.page(
            "reporting/" + template, model, frame, status: isWrong ? .unprocessableContent : .ok)
    }

    /// Where a page leads once its answers are kept: back, back to the summary, or on.
    func onward(_ form: Form, from step: Step, to next: String? = nil) -> Response {
        if form["go"] == "back" { return .seeOther(form["to"] == "check" ? "/report/check" : step.previous) }
        return .seeOther(form["to"] == "check" ? "/report/check" : next ?? step.next)
    }

    /// The title of a step, or of the page of contact details within the last one.
    func title(_ step: Step, _ texts: Catalogue, isContact: Bool = false) -> String {
        texts.format(
            "titles.step",
            [
                "n": String(step.number), "all": String(Step.allCases.count),
                "what": texts.text("titles.steps." + (isContact ? "contact" : step.rawValue)),
            ])
    }

    func progress(_ step: Step, _ texts: Catalogue) -> String {
        texts.format("reporting.progress", ["n": String(step.number), "all": String(Step.allCases.count)])
    }
}

/// A page with one question: the plainest of the wizard's pages.
struct StepPage: MustacheParent {
    let progress: String
    /// The heading, where no field's label is the heading.
    var question: String?
    var paragraphs: [String] = []
    var summary: ErrorSummary?
    let action: String
    var fields: [FormField]
    var isReturning = false

    func child(named name: String) -> Any? {
        switch name {
        case "progress": progress
        case "question": question
        case "paragraphs": paragraphs
        case "summary": summary.flatMap { $0.isEmpty ? nil : $0.naming(fields) }
        case "action": action
        case "fields": fields
        case "returning": isReturning
        default: nil
        }
    }
}

/// A text that is a name and an address, or a name alone.
struct Line: MustacheParent {
    var text: String
    var href: String?

    func child(named name: String) -> Any? {
        switch name {
        case "text": text
        case "href": href
        default: nil
        }
    }
}
