import Foundation
import TransparencyLog

/// What an alarm of the log says: a code and its facts. Its words stand in the catalogue of whoever reads it.
package struct LogTrouble: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// `published` and `known` entries.
        case rolledBack = "rolled-back"
        /// The head of `n` entries.
        case otherHead = "other-head"
        /// Entry `n`.
        case entryMissing = "entry-missing"
        case notOurs = "not-ours"
        /// The file `file` of the log.
        case fileMissing = "file-missing"
        case fileTorn = "file-torn"
        case fileDifferent = "file-different"
        case wrongHash = "wrong-hash"
        /// The system refused `operation` on `file`, with `said`.
        case system
        case clock
        /// The signature of a witness.
        case signature
        /// A witness refused the head of `n` entries with `status` and `said`.
        case refused
        /// A log shows `n` entries, and had `had`.
        case shrunk
        case twoHeads = "two-heads"
        case notGoingOn = "not-going-on"
        /// `said`, as the software has it.
        case other
    }

    package let kind: Kind
    package let facts: [String: String]

    package init(_ kind: Kind, _ facts: [String: String] = [:]) {
        self.kind = kind
        self.facts = facts.mapValues { String($0.prefix(Self.longest)) }
    }

    package init(_ error: any Error) {
        switch error {
        case LogbookFault.rolledBack(let published, let known):
            self.init(.rolledBack, ["published": "\(published)", "known": "\(known)"])
        case LogbookFault.otherHead(let size): self.init(.otherHead, ["n": "\(size)"])
        case LogbookFault.leafMissing(let index): self.init(.entryMissing, ["n": "\(index)"])
        case LogbookFault.notOurs: self.init(.notOurs)
        case LogFault.missing(let file): self.init(.fileMissing, ["file": file])
        case LogFault.torn(let file): self.init(.fileTorn, ["file": file])
        case LogFault.different(let file): self.init(.fileDifferent, ["file": file])
        case LogFault.wrongHash(let file): self.init(.wrongHash, ["file": file])
        case LogFault.system(let operation, let path, let code):
            self.init(.system, ["operation": operation, "file": path, "said": String(cString: strerror(code))])
        default: self.init(.other, ["said": "\(error)"])
        }
    }

    /// As it was written down; what no kind is known for is told as it stands.
    init(kind: String, detail: String) {
        guard let kind = Kind(rawValue: kind), let facts = JSONText.decode(detail, as: [String: String].self) else {
            self.init(.other, ["said": detail])
            return
        }
        self.init(kind, facts)
    }

    /// The facts as they are written down.
    var detail: String { JSONText.encode(facts) }

    /// What a witness answers may be of any length.
    private static let longest = 200
}
