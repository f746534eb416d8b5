extension PartHeader {
    /// Reads a part's header block, fields separated by line ends.
    ///
    /// Names and file names may be raw UTF-8 (as browsers send them, with `%22` for a quotation mark), and file names
    /// `filename*=UTF-8''…` (RFC 8187) as other clients do.
    init(parsing block: ArraySlice<UInt8>) throws(MultipartError) {
        guard let text = String(validating: block, as: UTF8.self) else { throw .notUTF8 }
        var disposition: (value: String, parameters: [String: String])?
        var contentType: String?
        for line in text.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" || $0 == "\r" }) {
            guard let colon = line.firstIndex(of: ":") else { throw .badHeaders }
            let value = trimmed(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil else { throw .badHeaders }
                disposition = Self.parameters(of: value)
            case "content-type": contentType = value
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else { throw .badHeaders }
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition.parameters["name"],
            !name.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { throw .badHeaders }
        let extended = disposition.parameters["filename*"].flatMap(Self.extended)
        let file = extended ?? disposition.parameters["filename"]
        self.init(
            name: name, fileName: file.map { $0.isEmpty ? "" : FileName.inert($0) }, contentType: contentType)
    }

    /// `form-data; name="a"; filename="b"` as its value and its parameters, whose names are in lower case.
    static func parameters(of field: String) -> (value: String, parameters: [String: String]) {
        var parameters: [String: String] = [:]
        var rest = field[...]
        let value = trimmed(rest.prefix { $0 != ";" }).lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let name = trimmed(rest.prefix { $0 != "=" && $0 != ";" }).lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            let content: String
            if rest.first == "\"" {
                content = quoted(&rest)
            } else {
                content = trimmed(rest.prefix { $0 != ";" })
            }
            rest = rest.drop { $0 != ";" }
            if parameters[name] == nil { parameters[name] = content }
        }
        return (value, parameters)
    }

    /// A quoted string. Only `\"` and `\\` are escapes: old browsers send whole Windows paths.
    private static func quoted(_ rest: inout Substring) -> String {
        var content = ""
        rest.removeFirst()
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                content.append(next)
                rest.removeFirst()
            } else {
                content.append(character)
            }
        }
        return content
    }

    private static func extended(_ value: String) -> String? {
        let pieces = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8", let bytes = Percent.decode(pieces[2].utf8) else {
            return nil
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension MultipartParser {
    /// The boundary that a content type names: 1 to 70 characters of RFC 2046's set.
    package static func boundary(in contentType: String) -> [UInt8]? {
        let (type, parameters) = PartHeader.parameters(of: contentType)
        guard type == "multipart/form-data", let boundary = parameters["boundary"].map({ Array($0.utf8) }),
            (1...70).contains(boundary.count)
        else { return nil }
        let allowed = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ".utf8)
        return boundary.allSatisfy(allowed.contains) && boundary.last != 32 ? boundary : nil
    }
}
