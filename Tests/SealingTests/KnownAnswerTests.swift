import Crypto
import Kernel
import Testing

@testable import Sealing

/// The stored formats, byte for byte. The constants were made by a second implementation, in Python on pyca/cryptography
/// 48.0.0 (HPKE written out from RFC 9180 and checked against its vector A.1.1, as the RFC has none for AES-256-GCM).
/// What is sealed today must open in ten years: these constants never change, formats get new version numbers.
struct KnownAnswerTests {
    let key = bytes(from: 0x00, 32)
    let binding = Binding(report: "r", field: "title", purpose: "letter")

    @Test(arguments: [
        "1101000102030405460788090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaabe6187c24a045bd58d8cf6274937ac0de70ac"
            + "591092b7426c9c0e26867fab7501d27647ffaf22533d5f9c04c8097a83f9471b464862d01a7e415e0b5ea47085b0b4bc"
            + "856f30a5e4e0f4e2ff188fceccbacd0baba4c5c1997aee753e9ab19a4d948f842bab03ae8f9b9edb06508588ed282450"
            + "61aede359b3c2fcfdea4b455f24dc511b07fd34280173759fe8b124a91d688d9ad6bbed0fa8cfdcdbdf5afc7342bc618"
            + "1fb1b66a4016820a2b226fd2b6e17726fd980266ae3e828276395c821f5734364cc960d1bbedf35d40cf492432b552e9"
            + "e4e83f63d8b8edc158e55dc6da6768513221b96dd93fc0bc425f420b407f0bbdc23f895270876badad6a65332892187a"
            + "99984d1de6560b09c0f7cda7390b",
        "1102000102030405460788090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab0cab7856a8687d4a1aa516b368fafdfb9d5e"
            + "d3bf436a60a3b4d8dbb17162c30c6c80168aaec9ff8ac6ccf5bd1d5178464ac44a38090c6b8127540b404c2aa5c8b1fb"
            + "674e38e992f022f0d2890db0a97e00990fe31cbc96a07b284a808ecca0bb9c4767a08f5b6df5af40606294c01bf548c2"
            + "b3555550eaa5a8eca053b290b03e7f2dfcfe89a7fbc305b5df3d7ab5171999d201e976280a51fe7787e9b985e60498ba"
            + "1e52589d3d6badbb8c4098b16d4df7bee25d049fb1d3349dd863194a05192282f80410db0a567c10ce30612ff1328028"
            + "47eea29369ed7d309fe98a01c89aaafbc44f86b97553b9937c703d52dd93dc6b0085c7854496c5ad83dd93832fc53315"
            + "68fcd52d5f2e15ce47bdebd7eecc",
    ])
    func `an envelope of another implementation opens`(hex: String) throws {
        let envelope = try #require(Hex.decode(hex))
        let secret = try #require(SecretKey(bytes: key))
        #expect(try Envelope.open(envelope, under: secret, binding: binding) == Array("县纪委".utf8))
        #expect(try Envelope.keyID(of: envelope).bytes == #require(Hex.decode("000102030405460788090a0b0c0d0e0f")))
    }

    @Test(arguments: [
        "210164b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484660aee3b8245de7910553a8b449c7a"
            + "9e60bc5bd005973fc8545a5a36684c8b9a9478e75e48bb686a67cfc57869cb75eb26",
        "210279a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a07ed4148e82713372c56dd2568393f5a"
            + "a40a2009d92138c25e829caa3ed1fcff9defdcef06e004bb747b370816493fe9",
    ])
    func `a wrap of another implementation opens`(hex: String) throws {
        let wrap = try #require(Hex.decode(hex))
        #expect(try Wrap.open(wrap, with: PrivateKey(bytes: bytes(from: 1, 32)), binding: binding) == key)
    }

    @Test(arguments: [
        "31010c0801101112131415161718191a1b1c1d1e1fb0b1b2b3b4b5b6b7b8b9babb51f9df44213c7c92576b339ed13065"
            + "d585e104e71219e2ab30c3803458bf18e8c33ce70261284e9206127a813df221ad",
        "31020c0801101112131415161718191a1b1c1d1e1fb0b1b2b3b4b5b6b7b8b9babb94b33130c13a21a530ce14e0e150ad"
            + "ff945cbe2c4d82a1ffdc01c2becd73ab8a39f15f00b162f18902a47cbd5c9b0f12",
    ])
    func `a secret sealed under a password by another implementation opens, however the accent was typed`(
        hex: String
    ) throws {
        let sealed = try #require(Hex.decode(hex))
        #expect(try PasswordSealed.open(sealed, password: "清风正气清风正气清风\u{E9}") == key)
        #expect(try PasswordSealed.open(sealed, password: "清风正气清风正气清风e\u{301}") == key)
    }

    @Test func `a receipt leads to the same lookup and key pair in another implementation`() throws {
        let pepper = try #require(SecretKey(bytes: key))
        let keys = try Receipt(parsing: "3141592653589793238462643398").derive(pepper: pepper)
        #expect(Hex.encode(keys.lookup) == "eff0392451ad3556b215d170670ca3a8")
        #expect(
            Hex.encode(keys.keyPair.publicKey.bytes)
                == "d6311e418e9e9e4704c18d8777debcdd512764d446b5d23942a6cdf91418d10d")
    }

    @Test func `a sealed file of before the padding, of another implementation, opens`() throws {
        let folder = try Folder()
        let sealed = try #require(
            Hex.decode(
                "4101000102030405460788090a0b0c0d0e0fc0c1c2c3c4c5c68f82c39d4277014f43312fd78e81bb94b613e4393d7754"
                    + "8b"))
        try folder.write(sealed, "a")
        let reader = try SealedFileReader(
            path: folder.path("a"), under: #require(SecretKey(bytes: key)), binding: binding)
        #expect(try reader.chunk(0) == Array("evidence".utf8))
        #expect(reader.size == 8)
    }

    /// The same implementation, with the prefix c0…c6: what it wrote has this SHA-256.
    @Test(arguments: [
        (SealingAlgorithm.aesGCM, 8, "135a1fe104703c3f07b78b44160157da61b393fedd01b993e266a5ed30f69495"),
        (.aesGCM, 200_000, "0377926b18a25de3fcb8ff8a12bcfedc1cdefa5f864f2fa1d4e819b4272b8738"),
        (.chaChaPoly, 8, "ebb4adb6674ae4f58e0b68ee349afe30b70580f847cbab40c84adf21e2dac541"),
        (.chaChaPoly, 200_000, "2037897ac27e0548f12e80b20920e751baba4e79f38a08115ef017f37d4fc31b"),
    ])
    func `a file with its padding is sealed as another implementation seals it`(
        algorithm: SealingAlgorithm, count: Int, sha256: String
    ) throws {
        let plain = count == 8 ? Array("evidence".utf8) : bytes(from: 3, count)
        let keyID = try #require(KeyID(bytes: bytes(from: 0, 16)))
        var sealed: [UInt8] = []
        var chunks = try SealedChunks(
            under: #require(SecretKey(bytes: key)), keyID: keyID, binding: binding, algorithm: algorithm,
            prefix: bytes(from: 0xC0, 7)
        ) { sealed += $0 }
        try chunks.append(plain) { sealed += $0 }
        try chunks.finish { sealed += $0 }
        #expect(Hex.encode(Array(SHA256.hash(data: sealed))) == sha256)
        let folder = try Folder()
        try folder.write(sealed, "f")
        let reader = try SealedFileReader(
            path: folder.path("f"), under: #require(SecretKey(bytes: key)), binding: binding)
        #expect(reader.size == Int64(count))
        #expect(try reader.bytes(count, at: 0) == plain)
    }

    @Test func `keyed hashes, session tokens and fingerprints are what another implementation computes`() throws {
        let secret = try #require(SecretKey(bytes: key))
        #expect(
            Hex.encode(KeyedHash.hmac(key: secret, parts: ["ab", "c"]))
                == "17eca1f3cf4e1f92cd415f54de5121e367cbc209edff96da287c5cd432cf9a46")
        let token = try #require(SessionToken(Base64URL.encode(key)))
        #expect(Hex.encode(token.hash) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd")
        #expect(
            Hex.encode(token.sealingKey.bytes) == "bb378dd09cafb52b94a5b4345facba1be11417cd7229a66cd218e330905d6005")
    }
}
