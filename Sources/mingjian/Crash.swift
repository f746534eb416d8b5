import ArgumentParser
import CProcess
import Foundation

/// What a process remembers is never written anywhere when it crashes: every command may hold passwords and keys.
enum Crash {
    /// No core dump, for this process and by the limit for the children that it starts; and no backtrace by the Swift
    /// runtime, which would print registers with the memory behind them into the log. Whatever cannot be had ends the
    /// process before it has read anything.
    static func leaveNothingBehind() {
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0, process_hide_memory() == 0 else {
            FileHandle.standardError.write(Data("core dumps cannot be switched off here; nothing was done\n".utf8))
            exit(ExitCode.failure.rawValue)
        }
    }
}
