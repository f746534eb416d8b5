import Foundation

/// How far a child is shut away.
package enum Sandbox: String, Sendable {
    /// Namespaces of its own (bubblewrap): no network, no other process, nothing of the disk but programs and fonts; and a
    /// filter of system calls.
    case namespaces
    /// Limits, a session and an environment of its own, and nothing more: it could read what the server's user can.
    case limitsOnly = "limits-only"

    static let bubblewrap = "/usr/bin/bwrap"

    /// Whether this machine lets this user make the namespaces: tried by doing it.
    package static func namespacesWork() async -> Bool {
        guard FileManager.default.isExecutableFile(atPath: bubblewrap) else { return false }
        let command = Command(
            path: bubblewrap, arguments: isolation(work: nil) + ["/usr/bin/true"], folder: "/", environment: [],
            third: SystemCallFilter.program)
        return await Child.run(command, seconds: 10) == .exit(0)
    }

    private static let environment = ["PATH=/usr/bin", "LANG=C.UTF-8", "TMPDIR=/tmp"]

    private static func isolation(work: String?, scripts: String = "") -> [String] {
        var flags = [
            "--seccomp", "3", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--hostname", "evidence",
            "--clearenv",
        ]
        for pair in environment + ["HOME=/work"] {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            flags += ["--setenv"] + parts
        }
        flags += ["--ro-bind", "/usr", "/usr"]
        for name in ["bin", "lib", "lib64"] { flags += ["--symlink", "usr/\(name)", "/\(name)"] }
        // Fonts, the names of file types, and where libraries lie; nothing else of /etc.
        for path in ["/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/etc/mime.types", "/var/cache/fontconfig"]
        {
            flags += ["--ro-bind-try", path, path]
        }
        flags += ["--dev", "/dev", "--tmpfs", "/tmp"]
        if let work {
            flags += ["--ro-bind", scripts, "/recipes", "--bind", work, "/work", "--chdir", "/work"]
        }
        return flags
    }

    /// The command that runs a recipe in a folder under its limits (prlimit of util-linux sets them, and no core).
    func command(
        _ recipe: CleaningRules.Recipe, of scripts: String, arguments: [String], in folder: String
    ) -> Command {
        let limits = recipe.limits
        var words = [
            "--core=0", "--cpu=\(limits.cpuSeconds)", "--as=\(limits.memoryBytes)", "--fsize=\(limits.folderBytes)",
            "--nproc=\(limits.processes)", "--nofile=\(limits.descriptors)",
        ]
        switch self {
        case .namespaces:
            words +=
                [Self.bubblewrap] + Self.isolation(work: folder, scripts: scripts) + [
                    "/bin/sh", "/recipes/\(recipe.script)",
                ]
        case .limitsOnly: words += ["/bin/sh", "\(scripts)/\(recipe.script)"]
        }
        return Command(
            path: "/usr/bin/prlimit", arguments: words + arguments, folder: folder,
            environment: Self.environment + ["HOME=\(folder)"],
            third: self == .namespaces ? SystemCallFilter.program : [])
    }
}
