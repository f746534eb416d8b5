extension FileView {
    /// The name under which it is taken away: the beginning of its id and its kind. What its sender called it may tell
    /// who that is, and would stay in the folder of downloads (I-5). `ending` is that of a copy, else the file's own.
    package func neutralName(ending: String? = nil) -> String {
        let own = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last.map(String.init) ?? ""
        let isKind = (1...5).contains(own.utf8.count) && own.utf8.allSatisfy { Self.signs.contains($0) }
        let start = "evidence-" + id.prefix(8)
        return (ending ?? (isKind ? own : nil)).map { "\(start).\($0.lowercased())" } ?? start
    }

    private static let signs = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
}
