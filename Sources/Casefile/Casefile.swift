package import Casework
package import Database
package import Kernel
package import Sealing
package import WorkingDays

/// The only door to stored reports. Every read and write takes the viewer (or the holder of a receipt), checks
/// need-to-know, seals and unseals, and writes the event in the same transaction as its projections.
package struct Casefile: Sendable {
    package let database: any Database
    package let clock: Clock
    /// The rules that come with the software, as they stand today: names for lists and forms that belong to no one
    /// report. What holds for a report, ``rules(of:in:)`` says.
    package let workflow: Workflow
    /// The calendar that comes with the software. What is in force, ``calendarInForce()`` says.
    package let calendar: WorkingDayTable
    package let regions: RegionTable
    package let keys: KeysFolder
    package let files: FileStore
    /// Where the transparency log's tiles and heads lie: plain files for everybody.
    package let logFolder: String
    package let gate: PasswordGate
    let pictures: PictureCache
    /// Makes what people see of evidence; ``EvidenceCleaner/none`` shows nothing.
    package let cleaner: EvidenceCleaner
    let copyJobs: CopyJobs
    /// What proposes values for fields of forms.
    let suggesters: Suggesters
    let searches: SearchBook
    let markings: MarkingBook
    let listLooks: ListLooks
    let looked: LookedThrough
    /// What sealing a password costs here.
    package let passwordCost: PasswordCost

    package init(
        database: any Database, clock: Clock, workflow: Workflow, calendar: WorkingDayTable, regions: RegionTable,
        keys: KeysFolder, files: FileStore, gate: PasswordGate, passwordCost: PasswordCost = .standard,
        rules: RuleBook? = nil, logFolder: String? = nil
    ) {
        self.database = database
        self.clock = clock
        self.workflow = workflow
        self.calendar = calendar
        self.regions = regions
        self.keys = keys
        self.files = files
        self.logFolder = logFolder ?? files.folder + "-log"
        self.gate = gate
        pictures = PictureCache(rules: rules ?? RuleBook(workflow), calendar: calendar, clock: clock)
        searches = SearchBook()
        markings = MarkingBook()
        listLooks = ListLooks(database)
        looked = LookedThrough()
        self.passwordCost = passwordCost
        cleaner = .none
        copyJobs = CopyJobs()
        suggesters = .none
    }

    private init(
        _ other: Casefile, clock: Clock? = nil, regions: RegionTable? = nil, cleaner: EvidenceCleaner? = nil,
        suggesters: Suggesters? = nil
    ) {
        database = other.database
        self.clock = clock ?? other.clock
        workflow = other.workflow
        calendar = other.calendar
        self.regions = regions ?? other.regions
        keys = other.keys
        files = other.files
        logFolder = other.logFolder
        gate = other.gate
        pictures = other.pictures.with(clock: self.clock)
        searches = other.searches
        markings = other.markings
        listLooks = other.listLooks
        looked = other.looked
        passwordCost = other.passwordCost
        self.cleaner = cleaner ?? other.cleaner
        copyJobs = other.copyJobs
        self.suggesters = suggesters ?? other.suggesters
    }

    /// The same door at another time: for demonstrations and simulations.
    package func with(clock: Clock) -> Casefile { Casefile(self, clock: clock) }

    /// The same door with what makes clean copies of evidence.
    package func with(cleaner: EvidenceCleaner) -> Casefile { Casefile(self, cleaner: cleaner) }

    /// The same door with models that propose values.
    package func with(suggesters: Suggesters) -> Casefile { Casefile(self, suggesters: suggesters) }

    /// The same door with another list of places.
    package func with(regions: RegionTable) -> Casefile { Casefile(self, regions: regions) }

    /// Writes down what is on its way and closes the database.
    package func close() async {
        try? await listLooks.write()
        await database.close()
    }

    /// The organs, offices and people as they stand now.
    package func world() async throws -> World {
        let pictures = pictures
        return try await database.read { try pictures.current($0).world }
    }

    /// The rules that a report follows now.
    func rules(of stored: StoredReport, in picture: Picture) -> Workflow {
        picture.rules.workflow(
            of: stored.standing.custody?.organ, began: stored.receivedAt.day, today: clock.now().day, in: picture.world)
            ?? workflow
    }

    func projections(of stored: StoredReport, in picture: Picture) -> Projections {
        Projections(workflow: rules(of: stored, in: picture), calendar: picture.calendar, world: picture.world)
    }

    func picture() async throws -> Picture {
        let pictures = pictures
        return try await database.read { try pictures.current($0) }
    }
}

extension Casefile: CustomStringConvertible {
    /// A library that names what it runs prints it whole, with the keys and all the rules.
    package var description: String { "Casefile" }
}
