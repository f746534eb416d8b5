import Testing

@testable import Kernel

@Suite struct `Money in fen` {
    @Test(arguments: [
        (Int64(0), "0.00"), (5, "0.05"), (100, "1.00"), (99_999, "999.99"), (100_000, "1,000.00"),
        (123_456_780, "1,234,567.80"), (-250, "-2.50"), (.min, "-92,233,720,368,547,758.08"),
    ])
    func `is read in yuan`(fen: Int64, text: String) { #expect(Money(fen: fen).yuan == text) }
}
