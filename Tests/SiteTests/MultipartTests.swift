import FuzzTesting
import Testing

@testable import Site

struct MultipartTests {
    private let sample = """
        preamble\r\n--b0\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n--b0 \r\n\
        Content-Disposition: form-data; name="文件"; filename="C:\\\\a\\\\证 据.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\
        \r\n--b1\r\n--b\r\r\n\r\n--b0\r\ncontent-disposition: form-data; name=empty\r\n\r\n\r\n--b0--\r\nepilogue
        """

    /// The events with neighbouring data put together.
    private func events(_ bytes: [UInt8], sizes: () -> Int) throws(MultipartError) -> [MultipartParser.Event] {
        var parser = MultipartParser(boundary: Array("b0".utf8), maximumParts: 10)
        var joined: [MultipartParser.Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = min(max(1, sizes()), rest.count)
            for event in try parser.feed(rest.prefix(size)) {
                if case .data(let more) = event, case .data(let before)? = joined.last {
                    joined[joined.count - 1] = .data(before + more)
                } else {
                    joined.append(event)
                }
            }
            rest = rest.dropFirst(size)
        }
        try parser.finish()
        return joined
    }

    @Test func `parts, raw names and content that looks like a boundary come out whole`() throws {
        let found = try events(Array(sample.utf8)) { 7 }
        #expect(
            found == [
                .begin(PartHeader(name: "csrf", fileName: nil, contentType: nil)), .data(Array("abc".utf8)), .end,
                .begin(PartHeader(name: "文件", fileName: "证 据.jpg", contentType: "image/jpeg")),
                .data(Array("\r\n--b1\r\n--b\r\r\n".utf8)), .end,
                .begin(PartHeader(name: "empty", fileName: nil, contentType: nil)), .end, .finished,
            ])
    }

    @Test func `a cut body is never complete`() {
        let bytes = Array(sample.utf8)
        let complete = bytes.count - "\r\nepilogue".utf8.count
        for length in 0..<complete {
            #expect(throws: (any Error).self) { try events(Array(bytes[..<length])) { 64 } }
        }
    }

    @Test func `however fuzzed bytes arrive, and whatever they are, the same comes out`() {
        let seeds = [sample, "--b0\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%E4\r\n\r\nx\r\n--b0--"]
        let inserts = ["\r\n--b0", "\r\n\r\n", "--", "\"", ";", "\r", "Content-Disposition: form-data; name=q\r\n"]
        let rounds = fuzz(seeds.map { Array($0.utf8) }, with: inserts.map { Array($0.utf8) }) { bytes, random in
            let whole = Result { try events(bytes) { bytes.count } }
            let split = Result { try events(bytes) { Int.random(in: 1...20, using: &random) } }
            switch (whole, split) {
            case (.success(let left), .success(let right)): #expect(left == right)
            case (.failure, .failure): break
            default: Issue.record("the way of arrival decided: \(bytes)")
            }
        }
        #expect(rounds >= 1000)
    }

    @Test func `long headers, many parts and foreign transfer encodings are refused`() {
        func part(_ header: String) -> String { "--b0\r\n\(header)\r\n\r\nx\r\n" }
        let long = part("Content-Disposition: form-data; name=a\r\nX: " + String(repeating: "y", count: 9000))
        #expect(throws: MultipartError.headersTooLarge) { try events(Array(long.utf8)) { 100 } }
        let many = String(repeating: part("Content-Disposition: form-data; name=a"), count: 11)
        #expect(throws: MultipartError.tooManyParts) { try events(Array(many.utf8)) { 100 } }
        let encoded = part("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64")
        #expect(throws: MultipartError.badHeaders) { try events(Array(encoded.utf8)) { 100 } }
    }

    @Test func `boundaries are taken from the content type, quoted or not`() {
        #expect(MultipartParser.boundary(in: "multipart/form-data; boundary=abc") == Array("abc".utf8))
        #expect(MultipartParser.boundary(in: "Multipart/Form-Data; charset=x; Boundary=\"a b\"") == Array("a b".utf8))
        for wrong in [
            "multipart/form-data", "multipart/mixed; boundary=a", "multipart/form-data; boundary=a\u{E9}",
            "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
        ] {
            #expect(MultipartParser.boundary(in: wrong) == nil)
        }
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\a\\证据.pdf", "证据.pdf"), ("..", "file"), ("", "file"),
        (".bashrc", "bashrc"), ("a\u{0}b\n.txt", "ab.txt"), ("x\u{202E}gpj.exe", "xgpj.exe"), ("/", "file"),
        (" . ", "file"),
        ("name.", "name"),
    ]) func `a file name is a label and never a path`(given: String, kept: String) {
        #expect(FileName.inert(given) == kept)
    }

    @Test func `a long file name is shortened and keeps its ending`() {
        let name = FileName.inert(String(repeating: "长", count: 300) + ".jpeg")
        #expect(name.utf8.count <= 200 && name.hasSuffix(".jpeg"))
    }
}
