import CLibPQ
import Database

/// A checked connection URL.
struct Address: Sendable {
    let url: String
    private let secrets: [String]

    /// Throws ``DatabaseError/unavailable(_:)`` without a word of the URL when libpq cannot read it: a mistyped URL may
    /// show its password in any part.
    init(url: String) throws(DatabaseError) {
        var complaint: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &complaint)
        defer {
            PQconninfoFree(options)
            PQfreemem(complaint)
        }
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://"), var option = options else {
            throw .unavailable("the database URL cannot be read")
        }
        var found: [String] = []
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val.map({ String(cString: $0) }), !value.isEmpty {
                switch String(cString: keyword) {
                case "password", "sslpassword": found.append(value)
                case "port" where !value.utf8.allSatisfy({ (48...57).contains($0) || $0 == 44 }),
                    "dbname" where value.contains("@"):
                    throw .unavailable("the database URL cannot be read; percent-encode its password")
                default: break
                }
            }
            option += 1
        }
        self.url = url
        secrets = found
    }

    /// The text without the password.
    func scrub(_ text: String) -> String {
        var text = text
        for secret in secrets {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return text
    }
}
