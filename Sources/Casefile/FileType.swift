import Kernel

/// What a file is, told by its first bytes and never by its name.
package enum FileType: String, Sendable, Codable, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case gif = "image/gif"
    case webp = "image/webp"
    case heic = "image/heic"
    case tiff = "image/tiff"
    case bmp = "image/bmp"
    case pdf = "application/pdf"
    /// Word, Excel, PowerPoint, WPS and other packages built on ZIP.
    case officePackage = "application/vnd.openxmlformats-officedocument"
    /// The older compound documents.
    case officeBinary = "application/x-ole-storage"
    case mp4 = "video/mp4"
    case quicktime = "video/quicktime"
    case webm = "video/webm"
    case avi = "video/x-msvideo"
    case mp3 = "audio/mpeg"
    case wav = "audio/wav"
    case amr = "audio/amr"
    case ogg = "audio/ogg"
    case m4a = "audio/mp4"
    case text = "text/plain"

    /// Looks at the first bytes of a file (512 suffice); `nil` for what is not taken.
    package init?(firstBytes bytes: [UInt8]) {
        func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            bytes.count >= offset + magic.count && bytes.dropFirst(offset).starts(with: magic)
        }
        func word(_ text: String, at offset: Int = 0) -> Bool { starts(Array(text.utf8), at: offset) }
        if starts([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if word("GIF87a") || word("GIF89a") {
            self = .gif
        } else if word("RIFF"), word("WEBP", at: 8) {
            self = .webp
        } else if word("RIFF"), word("WAVE", at: 8) {
            self = .wav
        } else if word("RIFF"), word("AVI ", at: 8) {
            self = .avi
        } else if starts([0x49, 0x49, 0x2A, 0x00]) || starts([0x4D, 0x4D, 0x00, 0x2A]) {
            self = .tiff
        } else if word("BM"), bytes.count >= 14, starts([0, 0, 0, 0], at: 6) {
            self = .bmp
        } else if word("%PDF-") {
            self = .pdf
        } else if starts([0x50, 0x4B, 0x03, 0x04]), Self.isOfficePackage(bytes) {
            self = .officePackage
        } else if starts([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .officeBinary
        } else if word("ftyp", at: 4) {
            if word("heic", at: 8) || word("heix", at: 8) || word("mif1", at: 8) {
                self = .heic
            } else if word("qt", at: 8) {
                self = .quicktime
            } else if word("M4A", at: 8) {
                self = .m4a
            } else {
                self = .mp4
            }
        } else if starts([0x1A, 0x45, 0xDF, 0xA3]) {
            self = .webm
        } else if word("ID3") || starts([0xFF, 0xFB]) || starts([0xFF, 0xF3]) {
            self = .mp3
        } else if word("#!AMR") {
            self = .amr
        } else if word("OggS") {
            self = .ogg
        } else if Self.isText(bytes) {
            self = .text
        } else {
            return nil
        }
    }

    /// Office packages name their parts near the beginning; a plain archive is not taken.
    private static func isOfficePackage(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(512), as: UTF8.self)
        return ["[Content_Types].xml", "_rels/", "mimetypeapplication/vnd.oasis", "docProps/", "word/", "xl/", "ppt/"]
            .contains { text.contains($0) }
    }

    /// Text without control characters, in one of the encodings that are read, and no markup or script at the beginning.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, !bytes.contains(where: { $0 < 9 || ($0 > 13 && $0 < 32 && $0 != 27) }),
            let head = TextDecoding.decode(Array(bytes.prefix(400)))
        else { return false }
        let start = head.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix(2)
        return start != "#!" && start.first != "<"
    }
}
