import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// ClamAV's daemon at its socket, asked with `INSTREAM` (clamd(8)): pieces, each after its length in four bytes, and an
/// empty one at the end.
package struct ClamDaemon: Sendable {
    package enum Place: Sendable, Equatable {
        case socket(String)
        case port(host: String, port: UInt16)

        /// `/run/clamav/clamd.ctl`, or `127.0.0.1:3310`.
        package init?(_ text: String) {
            if text.hasPrefix("/") {
                guard text.utf8.count < 108 else { return nil }
                self = .socket(text)
                return
            }
            let parts = text.split(separator: ":")
            guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
            self = .port(host: String(parts[0]), port: port)
        }
    }

    package enum Finding: Sendable, Equatable {
        case nothing
        /// By the name of its signature.
        case found(String)
    }

    /// Why nobody knows: the file was not looked at, and counts as not looked at.
    package enum Failure: Error, Equatable {
        case unreachable
        /// The daemon's own words, such as that its limit of size is exceeded.
        case refused(String)
    }

    private let place: Place
    private let seconds: Int

    package init(_ place: Place, seconds: Int = 60) {
        self.place = place
        self.seconds = seconds
    }

    /// Asks on a thread of its own: the daemon may take its time.
    package func scan(_ source: @escaping CleaningSource) async throws -> Finding {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try self.scanHere(source) }) }
            thread.name = "clamd"
            thread.start()
        }
    }

    private func scanHere(_ source: CleaningSource) throws -> Finding {
        let socket = try connected()
        defer { close(socket) }
        try send(Array("zINSTREAM\0".utf8), to: socket)
        do {
            try source { bytes in
                guard !bytes.isEmpty, let length = UInt32(exactly: bytes.count) else { return }
                try send(withUnsafeBytes(of: length.bigEndian) { Array($0) } + bytes, to: socket)
            }
            try send([0, 0, 0, 0], to: socket)
        } catch Failure.unreachable {
            // Beyond its limit of size it answers and hangs up; the answer says so.
        }
        return try Self.finding(in: try answer(from: socket))
    }

    static func finding(in answer: String) throws -> Finding {
        let text = answer.trimmingCharacters(in: CharacterSet(charactersIn: "\0\n "))
        if text == "stream: OK" { return .nothing }
        if text.hasPrefix("stream: "), text.hasSuffix(" FOUND") {
            return .found(String(text.dropFirst(8).dropLast(6)))
        }
        if text.isEmpty { throw Failure.unreachable }
        throw Failure.refused(String(text.prefix(200)))
    }

    private func connected() throws -> Int32 {
        let descriptor: Int32
        var outcome: Int32 = -1
        switch place {
        case .socket(let path):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw Failure.unreachable }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
            outcome = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        case .port(let host, let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw Failure.unreachable }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            if inet_pton(AF_INET, host, &address.sin_addr) == 1 {
                outcome = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
        }
        guard outcome == 0 else {
            close(descriptor)
            throw Failure.unreachable
        }
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        return descriptor
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let sent = Glibc.send(socket, part.baseAddress, part.count, Int32(MSG_NOSIGNAL))
                if sent < 0, errno == EINTR { continue }
                guard sent > 0 else { throw Failure.unreachable }
                rest = rest.dropFirst(sent)
            }
        }
    }

    private func answer(from socket: Int32) throws -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while text.count < 4096 {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            text += buffer.prefix(count)
            if text.last == 0 { break }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
