import Kernel
import Testing

@testable import Sealing

struct ReceiptTests {
    @Test func `ten thousand receipts are valid, different, and use every digit evenly`() throws {
        var seen: Set<Receipt> = []
        var counts: [Character: Int] = [:]
        for _ in 0..<10_000 {
            let receipt = Receipt.generate()
            #expect(try Receipt(parsing: receipt.grouped) == receipt)
            seen.insert(receipt)
            for digit in receipt.digits.prefix(26) { counts[digit, default: 0] += 1 }
        }
        #expect(seen.count == 10_000)
        // 26,000 expected of each; 1,000 off is more than six standard deviations.
        #expect(counts.count == 10 && counts.values.allSatisfy { 25_000...27_000 ~= $0 })
    }

    @Test func `a receipt is found again with the secret and the pepper, and with nothing less`() throws {
        let (secret, pepper) = (SecretKey.random(), SecretKey.random())
        let receipt = Receipt.derived(from: secret, pepper: pepper)
        #expect(try Receipt(parsing: receipt.grouped) == receipt)
        #expect(Receipt.derived(from: secret, pepper: pepper) == receipt)
        #expect(Receipt.derived(from: .random(), pepper: pepper) != receipt)
        #expect(Receipt.derived(from: secret, pepper: .random()) != receipt)
        #expect(Receipt.derived(from: pepper, pepper: secret) != receipt)
        var counts: [Character: Int] = [:]
        for _ in 0..<10_000 {
            for digit in Receipt.derived(from: .random(), pepper: pepper).digits.prefix(26) {
                counts[digit, default: 0] += 1
            }
        }
        #expect(counts.count == 10 && counts.values.allSatisfy { 25_000...27_000 ~= $0 })
    }

    @Test func `every single wrong digit and every swap of neighbours is caught`() {
        for _ in 0..<50 {
            let digits = Array(Receipt.generate().digits)
            for place in digits.indices {
                for digit in "0123456789" where digit != digits[place] {
                    var typed = digits
                    typed[place] = digit
                    #expect(throws: ReceiptError.mistyped) { try Receipt(parsing: String(typed)) }
                }
                guard place + 1 < digits.count, digits[place] != digits[place + 1] else { continue }
                var typed = digits
                typed.swapAt(place, place + 1)
                #expect(throws: ReceiptError.mistyped) { try Receipt(parsing: String(typed)) }
            }
        }
    }

    @Test(arguments: [
        "3141592653589793238462643398", "3141 5926 5358 9793 2384 6264 3398", " 3141-5926-5358-9793-2384-6264-3398\n",
        "３１４１　５９２６　５３５８　９７９３　２３８４　６２６４　３３９８",
        "3141 5926 5358 9793\r\n2384 6264 3398",
    ])
    func `a receipt is read as people type it`(text: String) throws {
        let receipt = try Receipt(parsing: text)
        #expect(receipt.digits == "3141592653589793238462643398")
        #expect(receipt.grouped == "3141 5926 5358 9793 2384 6264 3398")
    }

    @Test(arguments: [
        "", "3141", "314159265358979323846264339", "31415926535897932384626433980", "314159265358979323846264339O",
        "٣١٤١٥٩٢٦٥٣٥٨٩٧٩٣٢٣٨٤٦٢٦٤٣٣٩٨", "+141592653589793238462643398", String(repeating: "3", count: 100_000),
    ])
    func `what is no receipt is called mistyped`(text: String) {
        #expect(throws: ReceiptError.mistyped) { try Receipt(parsing: text) }
    }

    @Test func `what the server keeps opens only what was wrapped to this receipt under this pepper`() throws {
        let pepper = SecretKey.random()
        let receipt = Receipt.generate()
        let keys = receipt.derive(pepper: pepper)
        let wrap = try Wrap.seal([1, 2, 3], to: keys.keyPair.publicKey, binding: .sample)
        let again = try Receipt(parsing: receipt.grouped).derive(pepper: pepper)
        #expect(again.lookup == keys.lookup && again.lookup.count == 16)
        #expect(try Wrap.open(wrap, with: again.keyPair, binding: .sample) == [1, 2, 3])
        for other in [receipt.derive(pepper: .random()), Receipt.generate().derive(pepper: pepper)] {
            #expect(other.lookup != keys.lookup)
            #expect(throws: SealingError.wrongKey) { try Wrap.open(wrap, with: other.keyPair, binding: .sample) }
        }
    }
}
