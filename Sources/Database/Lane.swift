import Dispatch
import Foundation
import Synchronization

/// A thread of its own that takes jobs from a queue and does those that wait together in one transaction.
///
/// Nobody waits for company that may never come: while one transaction is being synced, what arrives becomes the next
/// one, and only what was announced is waited for, for ``patience`` at most.
struct Lane: Sendable {
    let queue: JobQueue
    /// How many jobs may share a transaction; 1 for readers.
    let limit: Int
    let isWriter: Bool
    let counters: Tally

    /// How long a transaction stays open for announced jobs.
    private static let patience = DispatchTimeInterval.milliseconds(20)

    /// Starts the thread; `whenDone` is called on it after its post has closed.
    func start(name: String, driver: some Driver, whenDone: @escaping @Sendable () -> Void) {
        let thread = Thread {
            let post = driver.post(writing: isWriter)
            while let jobs = queue.take(limit) { serve(jobs, at: post) }
            post.close()
            whenDone()
        }
        thread.name = name
        thread.start()
    }

    private func serve(_ jobs: [Job], at post: any Post) {
        counters.began(jobs.count, isWriter: isWriter)
        var rest = jobs[...]
        while !rest.isEmpty {
            var begun = rest.count
            do throws(DatabaseError) {
                try post.use { connection in begun = together(&rest, on: connection) }
            } catch {
                for job in rest { job.fail(error) }
                begun = rest.count
            }
            // At least one job is begun or failed each time, so this ends.
            rest = rest.dropFirst(max(begun, 1))
        }
    }

    /// Does the jobs, and those that join them, in one transaction and answers how many were begun. The rest are to be
    /// tried anew: the connection was lost, or the engine gave up the whole transaction, before their turn came.
    private func together(_ jobs: inout ArraySlice<Job>, on connection: any Connection) -> Int {
        do throws(DatabaseError) { try connection.begin() } catch {
            connection.rollback()
            for job in jobs { job.fail(error) }
            return jobs.count
        }
        var kept: [(job: Job, tell: @Sendable () -> Void)] = []
        var failed: [(job: Job, error: any Error)] = []
        var begun = 0
        var loss: DatabaseError?
        let isAlone = jobs.count == 1 && !(isWriter && queue.hasCompany)
        let deadline = DispatchTime.now() + Self.patience
        while true {
            if begun == jobs.count, !isAlone { join(&jobs, until: deadline) }
            guard let job = jobs.dropFirst(begun).first else { break }
            begun += 1
            switch perform(job, on: connection, alone: isAlone) {
            case .kept(let tell): kept.append((job, tell))
            case .undone(let error): failed.append((job, error))
            case .lost(let error, let whole):
                failed.append((job, error))
                loss = whole
            }
            if loss != nil { break }
        }
        if loss == nil, !kept.isEmpty {
            do throws(DatabaseError) { counters.committed(syncs: try connection.commit(), isWriter: isWriter) } catch {
                loss = error
            }
        } else {
            connection.rollback()
        }
        if let loss {
            connection.rollback()
            for (job, _) in kept { job.fail(loss) }
        } else {
            for (_, tell) in kept { tell() }
        }
        for (job, error) in failed { job.fail(error) }
        return begun
    }

    /// Lets those who came meanwhile, or are announced, into the open transaction.
    private func join(_ jobs: inout ArraySlice<Job>, until deadline: DispatchTime) {
        guard isWriter, jobs.count < limit else { return }
        let company = queue.takeCompany(limit - jobs.count, until: deadline)
        counters.began(company.count, isWriter: isWriter)
        jobs += company
    }

    /// How a job ended: well, failed alone, or failed together with everything that shares its transaction.
    private enum Outcome { case kept(@Sendable () -> Void), undone(any Error), lost(any Error, DatabaseError) }

    /// Does one job inside the open transaction, in a savepoint unless it is alone there.
    private func perform(_ job: Job, on connection: any Connection, alone: Bool) -> Outcome {
        if !alone {
            do throws(DatabaseError) { try connection.savepoint("job") } catch { return .lost(error, error) }
        }
        let scope = Scope(connection)
        defer { scope.finish() }
        let problem: any Error
        do {
            let tell = try job.work(scope)
            if let failure = scope.failure { throw failure }
            if !alone { try connection.release("job") }
            return .kept(tell)
        } catch {
            problem = error
        }
        // Alone, nothing is left to commit and the whole transaction is rolled back.
        if alone { return .undone(problem) }
        do throws(DatabaseError) {
            try connection.back(to: "job")
            return .undone(problem)
        } catch {
            return .lost(problem, scope.failure ?? error)
        }
    }
}

/// The counters, written by the lanes and read by anyone.
final class Tally: Sendable {
    private let counters = Mutex(Counters())

    var now: Counters { counters.withLock { $0 } }

    func began(_ jobs: Int, isWriter: Bool) {
        counters.withLock { if isWriter { $0.jobs &+= jobs } else { $0.reads &+= jobs } }
    }

    func committed(syncs: Int, isWriter: Bool) {
        guard isWriter else { return }
        counters.withLock {
            $0.commits &+= 1
            $0.syncs &+= syncs
        }
    }
}
