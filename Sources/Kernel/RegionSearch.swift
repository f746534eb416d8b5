extension RegionTable {
    /// The places whose name holds the words, or whose full name ends as the words do (「清棠县棠漪镇」), at most `limit`:
    /// first those inside `near`, then equal names, then by code. A code of 6, 9 or 12 digits finds its place.
    package func search(_ words: String, near: RegionCode?, limit: Int) -> [Region] {
        let text = words.filter { !$0.isWhitespace }
        if let code = RegionCode(Digits.folded(text)) {
            return name(of: code).map { [Region(code: code, name: $0)] } ?? []
        }
        let wanted = Array(text.utf8)
        // One character is in thousands of names.
        guard text.count >= 2, wanted.count <= 300 else { return [] }
        var found: [(rank: Int, code: RegionCode)] = []
        var start = 0
        for index in numbers.indices {
            let end = Int(ends[index])
            defer { start = end }
            let own = names[start..<end]
            let code = RegionCode(number: numbers[index])
            let isInside = near?.contains(code) ?? false
            if own.elementsEqual(wanted) {
                found.append((isInside ? 0 : 2, code))
            } else if own.count > wanted.count ? holds(own, wanted) : endsAs(code, own, wanted) {
                found.append((isInside ? 1 : 3, code))
            }
        }
        return found.sorted { ($0.rank, $0.code) < ($1.rank, $1.code) }.prefix(limit)
            .compactMap { match in name(of: match.code).map { Region(code: match.code, name: $0) } }
    }

    private func holds(_ name: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first else { return false }
        var place = name.startIndex
        while place <= name.endIndex - wanted.count {
            if name[place] == first, name[place..<(place + wanted.count)].elementsEqual(wanted) { return true }
            place += 1
        }
        return false
    }

    private func endsAs(_ code: RegionCode, _ name: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard wanted.suffix(name.count).elementsEqual(name), let full = fullName(of: code) else { return false }
        return full.utf8.suffix(wanted.count).elementsEqual(wanted)
    }
}
