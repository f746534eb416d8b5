import Foundation

extension ControlClient {
    /// Has the server carry a backup out and hands on what it tells, until it has told the last.
    func follow(_ order: BackupOrder, _ course: BackupCourse) throws {
        let handle = try ask("/backup", try JSONEncoder().encode(order))
        defer { close(handle) }
        var (body, frames) = (ChunkedBody(), Data())
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while !body.isWhole {
            var waiting = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            try course.goOn()
            if poll(&waiting, 1, 500) == 0 { continue }
            let count = read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure.broken }
            frames += try body.take(buffer.prefix(count))
            while let news = try BackupNews.next(from: &frames) { try course.take(news) }
        }
    }
}

/// The body of an answer in chunks (RFC 9112 §7.1), as it comes in pieces of any size. Trailers are passed over.
struct ChunkedBody {
    private enum Place { case head, length, content(Int), gap, over }

    private var place = Place.head
    private var rest = Data()

    /// Whether the last chunk came.
    var isWhole: Bool { if case .over = place { true } else { false } }

    /// Takes what came and answers what of the content is in it.
    mutating func take(_ bytes: some Collection<UInt8>) throws -> Data {
        rest.append(contentsOf: bytes)
        var content = Data()
        while true {
            switch place {
            case .head:
                guard let end = rest.range(of: Data("\r\n\r\n".utf8)) else { return content }
                let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self).lowercased()
                guard head.hasPrefix("http/1.1 200"), head.contains("transfer-encoding: chunked") else {
                    throw ControlClient.Failure.broken
                }
                rest = Data(rest[end.upperBound...])
                place = .length
            case .length:
                guard let end = rest.range(of: Data("\r\n".utf8)) else { return content }
                let text = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                guard let length = Int(text, radix: 16), length >= 0 else { throw ControlClient.Failure.broken }
                rest = Data(rest[end.upperBound...])
                place = length == 0 ? .over : .content(length)
            case .content(let length):
                let part = rest.prefix(length)
                content += part
                rest = Data(rest.dropFirst(part.count))
                guard part.count == length else {
                    place = .content(length - part.count)
                    return content
                }
                place = .gap
            case .gap:
                guard rest.count >= 2 else { return content }
                rest = Data(rest.dropFirst(2))
                place = .length
            case .over: return content
            }
        }
    }
}
