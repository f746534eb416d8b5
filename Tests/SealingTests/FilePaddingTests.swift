import Kernel
import Testing

@testable import Sealing

/// What a thief of the disk learns from the sizes of sealed files.
struct FilePaddingTests {
    let key = SecretKey.random()
    let id = KeyID.random()
    let folder: Folder

    init() throws { folder = try Folder() }

    private func sizeOnDisk(_ count: Int) throws -> Int {
        let writer = try SealedFileWriter(path: folder.path("f"), under: key, keyID: id, binding: .sample)
        try writer.append([UInt8](repeating: 7, count: count))
        #expect(try writer.finish().size == Int64(count))
        return try folder.read("f").count
    }

    private func onDisk(_ padded: Int64) -> Int { 25 + Int(padded) + 16 * Int((padded + 65535) / 65536) }

    @Test func `a note of one line and a page of writing have the same size on disk`() throws {
        let sizes = try Set([0, 1, 100, 2000, 4088].map(sizeOnDisk))
        #expect(sizes == [25 + 4096 + 16])
        #expect(try sizeOnDisk(4089) == 25 + 4352 + 16)
    }

    @Test(arguments: [5000, 65528, 65529, 65536, 70_000, 131_072, 200_000, 1_000_000, 3_456_789])
    func `what lies on disk is a size class of Padmé and costs little more`(count: Int) throws {
        let size = try sizeOnDisk(count)
        #expect(size == onDisk(SealedFile.sizeClass(of: Int64(count))))
        #expect(Double(size) < Double(count) * 1.07)
        #expect(try sizeOnDisk(count - 1) == size || count == 65529)
        let reader = try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
        #expect(reader.size == Int64(count - 1))
    }

    @Test func `all lengths up to fifty megabytes fall into few classes, none of which costs more than 12 percent`() {
        var classes: Set<Int64> = []
        for length in stride(from: Int64(0), through: 50 << 20, by: 997) {
            let padded = SealedFile.sizeClass(of: length)
            classes.insert(padded)
            #expect(padded >= length + 8)
            #expect(length < 4096 || Double(padded) <= Double(length) * 1.12)
            // The length's own eight bytes never lie in two chunks.
            #expect(padded <= 65536 || padded % 65536 == 0 || padded % 65536 >= 8)
            // A class is its own: what is filled up is never filled up further.
            #expect(SealedFile.sizeClass(of: padded - 8) == padded)
        }
        #expect(300...400 ~= classes.count)
    }

    @Test func `classes are those of the paper's algorithm`() {
        // Computed with the reference code of the paper, 4096 being the least.
        let known: [Int64: Int64] = [
            4097: 4352, 9000: 9216, 65_537: 67_584, 100_000: 100_352, 1_000_000: 1_015_808, 1_048_577: 1_081_344,
            52_428_800: 52_428_800, 52_428_801: 53_477_376,
        ]
        for (bytes, padded) in known { #expect(FilePadding.padded(bytes - 8) == padded, "\(bytes)") }
    }

    @Test func `a length that no file has is refused and stops nothing`() {
        #expect(FilePadding.padded(-1) == nil)
        #expect(FilePadding.padded(.max) == nil)
        #expect(FilePadding.padded(.max - 8) == nil)
        #expect(SealedFile.sizeClass(of: .max) == .max)
        #expect(SealedFile.sizeClass(of: .min) == 4096)
        for last: [UInt8] in [[], [0], [UInt8](repeating: 0xFF, count: 8), [0x7F] + [UInt8](repeating: 0xFF, count: 7)]
        {
            #expect(throws: SealingError.malformed) { try FilePadding.length(from: last, padded: 4096) }
        }
        #expect(throws: SealingError.malformed) {
            try FilePadding.length(from: [0, 0, 0, 0, 0, 0, 0x0F, 0xF9], padded: 4096)
        }
    }

    @Test func `padding that somebody changed is found by whoever reads all of it`() throws {
        // 132 chunks of 64 KiB lie there for 8 MiB and a little, and 129 hold them; the last one is opened before all others.
        let count = 8_388_700
        _ = try sizeOnDisk(count)
        let reader = try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
        let stored = Int((SealedFile.sizeClass(of: Int64(count)) + 65535) / 65536)
        #expect(reader.chunkCount < stored, "there is a chunk of nothing but padding")
        var altered = try folder.read("f")
        altered[25 + reader.chunkCount * 65552 + 5] ^= 1
        try folder.write(altered, "f")
        let read = try SealedFileReader(path: folder.path("f"), under: key, binding: .sample)
        #expect(try read.chunk(0) == [UInt8](repeating: 7, count: 65536))
        #expect(throws: SealingError.tampered) { try read.sha256() }
        #expect(throws: SealingError.tampered) { try read.checkPadding() }
    }
}
