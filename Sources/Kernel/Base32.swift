/// Base32 (RFC 4648 §6) in upper case and without padding: how apps take a secret that is typed by hand.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Eight characters for every five bytes; a last group of fewer is filled up with zero bits.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var (held, count): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            held = (held & 0x1F) << 8 | UInt32(byte)
            count &+= 8
            while count >= 5 {
                count &-= 5
                text.append(alphabet[Int(held >> count & 0x1F)])
            }
        }
        if count > 0 { text.append(alphabet[Int(held << (5 &- count) & 0x1F)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
