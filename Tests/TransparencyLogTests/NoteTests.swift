import FuzzTesting
import Testing

@testable import TransparencyLog

@Suite struct `Signed notes` {
    /// The example of Go's package golang.org/x/mod/sumdb/note.
    private let known = (
        key: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        note: """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """
    )

    @Test func `of others are read, checked and written as they were`() throws {
        let key = try #require(NoteKey(known.key))
        let note = try #require(SignedNote(known.note))
        #expect(key.text == known.key && key.name == "PeterNeumann" && note.whole == known.note)
        #expect(key.check(note) == .holds(time: nil))
        var changed = note
        changed.text = note.text.replacing("problem is", with: "problem was")
        #expect(key.check(changed) == .broken)
        let other = try #require(NoteSigner(name: "PeterNeumann", kind: .ed25519, seed: Array(repeating: 7, count: 32)))
        #expect(other.key.check(note) == .unsigned, "the same name and another key")
        changed.signatures[0].name = "Somebody"
        #expect(key.check(changed) == .unsigned)
    }

    @Test(arguments: [
        "", "\n", "a\n", "a\n\n", "a\n\n— b\n", "a\n\n— b AAAAAA==", "a\n\n- b AAAAAAA=\n", "a\n\n— b AAAA\n",
        "a\n\n—  AAAAAAA=\n", "a\n\n— b+c AAAAAAA=\n", "a\n\n— b c AAAAAAA=\n", "a\u{1}\n\n— b AAAAAAA=\n",
        "a\r\n\n— b AAAAAAA=\n", "a\n\n— b AAAAAAA=\ntext\n", "a\n\n\n", "\n— b AAAAAAA=\n",
        "a\n\n— b\u{3000}c AAAAAAA=\n", "a\n\n— b AAAAAAA\n",
    ])
    func `that are none are not read`(text: String) { #expect(SignedNote(text) == nil) }

    @Test func `with more than a hundred signatures are not read`() throws {
        let note = try #require(SignedNote(known.note))
        func times(_ count: Int) -> String {
            SignedNote(text: note.text, signatures: Array(repeating: note.signatures[0], count: count)).whole
        }
        #expect(SignedNote(times(100)) != nil)
        #expect(SignedNote(times(101)) == nil)
    }

    @Test(arguments: [
        "", "a", "a+b", "a+b+c", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKg==",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `are checked with no key that is written otherwise`(text: String) { #expect(NoteKey(text) == nil) }

    @Test func `of the specification are checkpoints`() throws {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let found = try #require(Checkpoint(text: text))
        #expect(found.origin == "example.com/behind-the-sofa" && found.head.size == 20_852_163)
        #expect(found.text == text)
        for wrong in [
            text.replacing("20852163", with: "020852163"), text.replacing("20852163", with: "-1"),
            text.replacing("20852163", with: "20852163 "), text.replacing("I=", with: "J="), text + "\n",
            text.replacing("example.com/behind-the-sofa", with: ""), String(text.dropLast()),
            text.replacing("20852163", with: "99999999999999999999"),
        ] { #expect(Checkpoint(text: wrong) == nil, "\(wrong)") }
    }
}

@Suite struct `A proof that travels alone` {
    private let log = NoteSigner(name: "log.example/mingjian", kind: .ed25519, seed: Array(repeating: 1, count: 32))
    private let witness = NoteSigner(name: "witness.example", kind: .cosignature, seed: Array(repeating: 2, count: 32))

    private func proof(of index: Int, in count: Int) throws -> TransparencyProof {
        let (log, witness) = (try #require(log), try #require(witness))
        let entries = Plain.entries(count)
        let checkpoint = Checkpoint(
            origin: log.key.name, head: TreeHead(size: UInt64(count), root: Plain.head(entries[...])))
        var note = try checkpoint.signed(by: [log])
        note.signatures.append(try witness.signature(of: note.text, at: 1_700_000_000))
        let path = try #require(
            try Proof.inclusion(of: UInt64(index), in: UInt64(count), Plain.node(entries)))
        return TransparencyProof(index: UInt64(index), path: path, checkpoint: note, extra: [1, 2, 3])
    }

    @Test func `is written, read again, and holds for its entry alone`() throws {
        let (key, seer) = (try #require(log).key, try #require(witness).key)
        let sent = try proof(of: 17, in: 40)
        let proof = try #require(TransparencyProof(sent.text))
        #expect(proof == sent)
        #expect(sent.text.hasPrefix("c2sp.org/tlog-proof@v1\nextra AQID\nindex 17\n"))
        guard case .included(let head, let seen) = proof.check(Array("entry 17".utf8), key: key, witnesses: [seer])
        else {
            Issue.record("a true proof did not hold")
            return
        }
        #expect(head.size == 40 && seen == ["witness.example": 1_700_000_000])
        #expect(proof.check(Array("entry 18".utf8), key: key) == .notIncluded)
        var changed = proof
        changed.checkpoint.text = changed.checkpoint.text.replacing("\n40\n", with: "\n41\n")
        #expect(changed.check(Array("entry 17".utf8), key: key) == .notSigned)
        changed = proof
        changed.checkpoint.signatures.removeFirst()
        #expect(changed.check(Array("entry 17".utf8), key: key) == .notSigned)
        let other = try #require(
            NoteSigner(name: "other.example", kind: .ed25519, seed: Array(repeating: 3, count: 32)))
        #expect(proof.check(Array("entry 17".utf8), key: other.key) == .otherOrigin("log.example/mingjian"))
        changed = proof
        changed.checkpoint.signatures[1].bytes[5] ^= 1
        #expect(
            changed.check(Array("entry 17".utf8), key: key, witnesses: [seer])
                == .included(head, seen: [:]), "a time that the witness did not sign is no witness")
    }

    @Test func `of a tree with one entry has no path`() throws {
        let sent = try proof(of: 0, in: 1)
        #expect(sent.path.isEmpty && TransparencyProof(sent.text) == sent)
    }

    @Test func `and what witnesses are sent stop no parser, whatever the fuzzed bytes`() throws {
        let sent = try proof(of: 17, in: 40)
        let request = WitnessRequest(old: 3, path: sent.path, checkpoint: sent.checkpoint)
        let (log, witness) = (try #require(log), try #require(witness))
        let seeds = [
            sent.text, request.text, sent.checkpoint.whole, log.key.text, witness.key.text, "tile/0/x001/000.p/7",
        ]
        let inserts = ["\n\n", "\n", "old ", "index ", "extra ", "— ", "+", " ", "=", "0", ".p/", "x000/"]
        let bundle = WitnessedLog(origin: log.key.name, keys: [log.key])
        let rounds = fuzz(seeds.map { Array($0.utf8) }, with: inserts.map { Array($0.utf8) }) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            if let proof = TransparencyProof(text) { #expect(TransparencyProof(proof.text) == proof) }
            if let note = SignedNote(text) { #expect(note.whole == text) }
            if let key = NoteKey(text) { #expect(key.text == text) }
            if let path = TilePath(text) { #expect(path.text == text) }
            if let request = WitnessRequest(text) {
                #expect(WitnessRequest(request.text) == request)
                _ = bundle.judge(request)
            }
            if let entries = EntryBundle.entries(bytes) { #expect(EntryBundle.bytes(entries) == bytes) }
        }
        #expect(rounds > 0)
    }
}

@Suite struct `A witness` {
    private let log = NoteSigner(name: "log.example", kind: .ed25519, seed: Array(repeating: 1, count: 32))
    private let next = NoteSigner(name: "log.example", kind: .ed25519, seed: Array(repeating: 4, count: 32))

    private func head(_ count: Int) -> TreeHead {
        TreeHead(size: UInt64(count), root: Plain.head(Plain.entries(count)[...]))
    }

    private func request(
        _ old: Int, _ new: TreeHead, origin: String = "log.example", by signer: NoteSigner? = nil
    ) throws -> WitnessRequest {
        let note = try Checkpoint(origin: origin, head: new).signed(by: [try #require(signer ?? log)])
        let entries = Plain.entries(Int(new.size))
        let path = try Proof.consistency(from: UInt64(old), to: new.size, Plain.node(entries)) ?? []
        return WitnessRequest(old: UInt64(old), path: path, checkpoint: note)
    }

    @Test func `cosigns what goes on from what it saw, and nothing else`() throws {
        let key = try #require(log).key
        var seen = WitnessedLog(origin: "log.example", keys: [key])
        #expect(seen.judge(try request(0, head(5))) == .goesOn(head(5)))
        seen.last = head(5)
        #expect(seen.judge(try request(5, head(9))) == .goesOn(head(9)))
        #expect(seen.judge(try request(5, head(5))) == .goesOn(head(5)), "asked again")
        #expect(seen.judge(try request(0, head(9))) == .elsewhere(5))
        #expect(seen.judge(try request(3, head(4))) == .elsewhere(5), "a log that shrank")
        #expect(seen.judge(try request(7, head(5))) == .malformed)
        #expect(seen.judge(try request(5, head(9), origin: "other.example")) == .unknown)
        let other = TreeHead(size: 5, root: .leaf([9]))
        #expect(seen.judge(try request(5, other)) == .forked)
        let fork = TreeHead(size: 9, root: .leaf([9]))
        #expect(seen.judge(try request(5, fork)) == .inconsistent)
        let stranger = try #require(
            NoteSigner(name: "log.example", kind: .ed25519, seed: Array(repeating: 9, count: 32)))
        #expect(seen.judge(try request(5, head(9), by: stranger)) == .notSigned)
        var changed = try request(5, head(9))
        changed.checkpoint.text = Checkpoint(origin: "log.example", head: fork).text
        #expect(seen.judge(changed) == .notSigned)
        changed = try request(5, head(9))
        changed.path.removeLast()
        #expect(seen.judge(changed) == .inconsistent)
    }

    @Test func `follows a log to its next key while both are known`() throws {
        let (old, new) = (try #require(log), try #require(next))
        let seen = WitnessedLog(origin: "log.example", keys: [old.key, new.key])
        #expect(seen.judge(try request(0, head(3), by: new)) == .goesOn(head(3)))
        #expect(seen.judge(try request(0, head(3), by: old)) == .goesOn(head(3)))
    }
}
