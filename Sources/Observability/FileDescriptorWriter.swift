#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Unbuffered writing, so that the last line before an end is not lost.
enum FileDescriptorWriter {
    static func send(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
            }
        }
    }
}
