import Crypto
import CryptoExtras
import Foundation
import Kernel
import Testing

@testable import Sealing

/// Each primitive answers as its own document says, in the suite and through the code that seals reports.
struct PublishedVectorTests {
    private func unhex(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }

    /// RFC 9180 prints no vector for AES-256-GCM over X25519: this one is of the file of vectors that its appendix A
    /// refers to (mode 0, KEM 0x0020, KDF 0x0001, AEAD 0x0002), the first three messages.
    @Test func `HPKE opens and seals in the suite of the wraps as the vectors of RFC 9180 say`() throws {
        let recipient = try PrivateKey(
            bytes: unhex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"))
        #expect(
            Hex.encode(recipient.publicKey.bytes)
                == "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c")
        var opener = try HPKE.Recipient(
            privateKey: recipient.agreement, ciphersuite: SealingAlgorithm.aesGCM.hpke,
            info: Data("Ode on a Grecian Urn".utf8),
            encapsulatedKey: Data(unhex("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256")))
        let messages = [
            "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a",
            "2c43aff25343fdbff864506f0818b9d87df84ea01b1a2144d23b4d40c26bf655fdf197fe40297a8aebeed5cc2d",
            "e0a8f2cf92ff61215edbb8c55dc31fe9e2eb42a5685867bb6854211542099f9e940c4b41c192bc390835b1a5f7",
        ]
        for (number, sealed) in messages.enumerated() {
            let plain = try opener.open(unhex(sealed), authenticating: Data("Count-\(number)".utf8))
            #expect(plain == Data("Beauty is truth, truth beauty".utf8))
        }
    }

    /// RFC 9180 A.2.1, the first message.
    @Test func `HPKE opens in the second suite of the wraps as RFC 9180 says`() throws {
        let recipient = try PrivateKey(
            bytes: unhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"))
        var opener = try HPKE.Recipient(
            privateKey: recipient.agreement, ciphersuite: SealingAlgorithm.chaChaPoly.hpke,
            info: Data(unhex("4f6465206f6e2061204772656369616e2055726e")),
            encapsulatedKey: Data(unhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")))
        let sealed = try unhex(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28")
        #expect(
            try opener.open(sealed, authenticating: Data("Count-0".utf8)) == Data("Beauty is truth, truth beauty".utf8))
    }

    /// RFC 7748 §6.1.
    @Test func `X25519 agrees as in RFC 7748`() throws {
        let bob = try PrivateKey(bytes: unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        let alice = try #require(
            PublicKey(bytes: unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")))
        #expect(
            Hex.encode(bob.publicKey.bytes) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let shared = try bob.agreement.sharedSecretFromKeyAgreement(with: alice.agreement)
        #expect(
            Hex.encode(shared.withUnsafeBytes { Array($0) })
                == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    }

    /// Test case 16 of the specification of GCM (McGrew and Viega), and RFC 8439 §2.8.2.
    @Test(arguments: [
        (
            SealingAlgorithm.aesGCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b1"
                + "6aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5"
                + "f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
        (
            .chaChaPoly, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
            "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f"
                + "756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
                + "637265656e20776f756c642062652069742e",
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a"
                + "71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"
        ),
    ])
    func `both ciphers seal and open as published`(
        algorithm: SealingAlgorithm, key: String, nonce: String, header: String, plain: String, sealed: String
    ) throws {
        let secret = try SymmetricKey(data: unhex(key))
        let combined = try algorithm.seal(
            unhex(plain), under: secret, nonce: unhex(nonce), authenticating: unhex(header))
        #expect(Hex.encode(combined) == nonce + sealed)
        #expect(
            try algorithm.open(unhex(nonce + sealed), under: secret, authenticating: unhex(header)) == unhex(plain))
    }

    /// RFC 7914 §12: the vectors that fit into the memory that a password may cost here.
    @Test(arguments: [
        (
            "", "", 16, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8"
                + "d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 1024, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac7"
                + "27afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 16384, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e6"
                + "1e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `scrypt answers RFC 7914`(
        password: String, salt: String, rounds: Int, blockSize: Int, parallelism: Int, key: String
    ) throws {
        let derived = try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: Array(salt.utf8), outputByteCount: 64, rounds: rounds,
            blockSize: blockSize, parallelism: parallelism)
        #expect(Hex.encode(derived.withUnsafeBytes { Array($0) }) == key)
    }

    /// RFC 5869 appendix A, cases 1 to 3.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 22), bytes(from: 0, 13), bytes(from: 0xF0, 10),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            bytes(from: 0, 80), bytes(from: 0x60, 80), bytes(from: 0xB0, 80),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da"
                + "3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            [UInt8](repeating: 0x0B, count: 22), [], [],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func `HKDF answers RFC 5869`(material: [UInt8], salt: [UInt8], info: [UInt8], key: String) {
        let root = HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: material), salt: salt)
        let derived = HKDF<SHA256>.expand(pseudoRandomKey: root, info: info, outputByteCount: key.utf8.count / 2)
        #expect(Hex.encode(derived.withUnsafeBytes { Array($0) }) == key)
    }

    /// RFC 4231 §4.3, and the first example of FIPS 180-4.
    @Test func `HMAC-SHA256 answers RFC 4231 and SHA-256 its standard`() throws {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("what do ya want for nothing?".utf8), using: SymmetricKey(data: Array("Jefe".utf8)))
        #expect(Hex.encode(Array(code)) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let folder = try Folder()
        try folder.write(Array("abc".utf8), "a")
        #expect(
            try Hex.encode(SealedFile.digest(ofFileAt: folder.path("a")))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    /// The example of ISO 7064 for MOD 97-10, at the end of a receipt.
    @Test func `check digits are those of ISO 7064`() throws {
        #expect(Mod97.checkDigits(for: "794") == "44")
        let receipt = try Receipt(parsing: String(repeating: "0", count: 23) + "79444")
        #expect(receipt.digits.hasSuffix("79444"))
        #expect(throws: ReceiptError.mistyped) {
            try Receipt(parsing: String(repeating: "0", count: 23) + "79445")
        }
    }
}
