import CChild
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A program with its arguments, the folder where it runs, and all that it finds in its environment.
struct Command: Sendable {
    var path: String
    var arguments: [String]
    var folder: String
    var environment: [String]
    /// What it finds to read as its file 3, at most a pipe's 64 KiB; nothing where it is empty.
    var third: [UInt8] = []
}

/// A process of its own session, with no open file of ours; nothing that it says is read.
enum Child {
    enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
        /// Killed with its whole group: too slow, too much, or nobody waits any more.
        case killed
        case notStarted(Int32)
    }

    /// Runs until it ends, `seconds` are over, the task is cancelled, or `isTooMuch` says so; then nothing of the group
    /// is left. The thread that starts it also waits for it: what is told to die with its parent dies with that thread.
    static func run(
        _ command: Command, seconds: Int, isTooMuch: @escaping @Sendable () -> Bool = { false }
    ) async -> Ending {
        let flag = Flag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    continuation.resume(returning: runHere(command, seconds: seconds, flag, isTooMuch))
                }
                thread.name = "cleaning"
                thread.start()
            }
        } onCancel: {
            flag.raise()
        }
    }

    private final class Flag: Sendable {
        private let raised = Mutex(false)
        var isUp: Bool { raised.withLock { $0 } }
        func raise() { raised.withLock { $0 = true } }
    }

    private static func runHere(
        _ command: Command, seconds: Int, _ flag: Flag, _ isTooMuch: () -> Bool
    ) -> Ending {
        let deadline = ContinuousClock.now + .seconds(seconds)
        if flag.isUp { return .killed }
        let (started, process) = spawn(command)
        guard started == 0 else { return .notStarted(started) }
        var status: Int32 = 0
        var rounds = 0
        while true {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { break }
            if found < 0, errno != EINTR { return .notStarted(errno) }
            rounds &+= 1
            if flag.isUp || ContinuousClock.now >= deadline || (rounds % 16 == 0 && isTooMuch()) {
                kill(-process, SIGKILL)
                kill(process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return .killed
            }
            usleep(4000)
        }
        // Whatever it left running goes with it.
        kill(-process, SIGKILL)
        let signal = status & 0x7F
        return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    private static func spawn(_ command: Command) -> (Int32, pid_t) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addchdir_np(&actions, command.folder)
        var ends: [Int32] = [-1, -1]
        defer { for end in ends where end >= 0 { close(end) } }
        if command.third.isEmpty {
            posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        } else {
            guard pipe2(&ends, O_CLOEXEC) == 0 else { return (errno, 0) }
            guard write(ends[1], command.third, command.third.count) == command.third.count else { return (EIO, 0) }
            close(ends[1])
            ends[1] = -1
            posix_spawn_file_actions_adddup2(&actions, ends[0], 3)
            posix_spawn_file_actions_addclosefrom_np(&actions, 4)
        }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID, the last of them, is 0x80 in spawn.h of glibc 2.26 and later.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | 0x80)
        return withWords([command.path] + command.arguments) { words in
            withWords(command.environment) { environment in
                var process: pid_t = 0
                let code = posix_spawn(&process, command.path, &actions, &attributes, words, environment)
                return (code, process)
            }
        }
    }

    private static func withWords<Result>(
        _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
