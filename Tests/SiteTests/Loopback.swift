import Glibc

/// One connection to a loopback port in plain POSIX calls.
enum Loopback {
    /// Sends the pieces with a pause of so many seconds between them, then reads until the other end closes.
    /// With `isCut`, says after the last piece that nothing more will come.
    static func exchange(_ pieces: [[UInt8]], port: Int, _ pause: Double, isCut: Bool) -> [UInt8] {
        var wish = addrinfo()
        wish.ai_family = AF_INET
        wish.ai_socktype = 1
        wish.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("127.0.0.1", String(port), &wish, &found) == 0, let address = found else { return [] }
        defer { freeaddrinfo(address) }
        let descriptor = socket(AF_INET, 1, 0)
        defer { close(descriptor) }
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { return [] }
        for (index, piece) in pieces.enumerated() {
            if index > 0, pause > 0 { usleep(UInt32(pause * 1_000_000)) }
            var sent = 0
            while sent < piece.count {
                let count = piece[sent...].withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(bitPattern: 0x4000))
                }
                guard count > 0 else { break }
                sent += count
            }
        }
        if isCut { shutdown(descriptor, 1) }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return received }
            received += buffer[..<count]
        }
    }
}
