import Database
import DatabaseTesting
import Foundation
import Testing

@Suite struct `A year of a province` {
    /// On each database.
    private static let reports =
        ProcessInfo.processInfo.environment["MINGJIAN_YEAR_REPORTS"].flatMap { Int($0) } ?? 1000
    private static let seed = ProcessInfo.processInfo.environment["MINGJIAN_YEAR_SEED"].flatMap { UInt64($0) } ?? 2026

    @Test(arguments: TestDatabase.availableEngines)
    func `all organs act at random within the rules, and at its end the story and the pages agree`(_ engine: Engine)
        async throws
    {
        let began = Date()
        print("The year: \(Self.reports) reports, seed \(Self.seed) (MINGJIAN_YEAR_REPORTS, MINGJIAN_YEAR_SEED)")
        let province = try await YearProvince.make(engine, seed: Self.seed)
        let year = Year(province: province, reports: Self.reports, seed: Self.seed)
        do {
            try await withTaskExecutorPreference(OwnThread("year")) {
                try await year.live()
                try await year.check(sample: 30)
            }
        } catch {
            await province.close()
            throw error
        }
        await province.close()
        let seconds = Int(Date().timeIntervalSince(began))
        let words = year.tally.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print("The year on \(engine): \(seconds) s; \(words)")
        for (what, fault) in year.faults.sorted(by: { $0.value.count > $1.value.count }) {
            let story = fault.story.suffix(40).joined(separator: "\n    ")
            Issue.record("\(fault.count) times: \(what)\n    \(story)")
        }
        #expect(year.order.count == Self.reports)
    }
}
