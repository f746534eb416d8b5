/// What a tool that cleans evidence may not ask of the kernel: a filter of system calls (seccomp(2)), as bubblewrap loads it
/// with `--seccomp`. Namespaces keep a tool that was taken over from files and networks; this keeps it from the parts of the
/// kernel in which most ways out of namespaces were found.
///
/// The list is what Flatpak refuses to the programs that it shuts away (flatpak 1.14, common/flatpak-run.c,
/// setup_seccomp), with io_uring and what came later of mounting; sockets are those of UNIX alone. What is refused answers
/// `EPERM`, `clone3` answers `ENOSYS` (its flags cannot be looked at, and libraries fall back to `clone`), and a program of
/// another architecture is killed.
enum SystemCallFilter {
    /// The program: instructions of eight bytes (struct sock_filter, linux/filter.h), in the machine's byte order.
    static let program: [UInt8] = {
        let allow: UInt32 = 0x7FFF_0000
        let (permission, missing, family): (UInt32, UInt32, UInt32) = (0x5_0000 | 1, 0x5_0000 | 38, 0x5_0000 | 97)
        var code: [Instruction] = [
            .load(4), .isEqual(architecture, skip: 1), .answer(0x8000_0000),
            // Numbers from here on are the x32 calls of x86-64.
            .load(0), .isAtLeast(0x4000_0000, skip: 0, otherwise: 1), .answer(permission),
            .isEqual(435, skip: 0, otherwise: 1), .answer(missing),
            // clone: no namespace of its own (CLONE_NEWNS to CLONE_NEWNET).
            .isEqual(clone, skip: 0, otherwise: 4), .load(16), .hasAny(0x7E02_0000, skip: 0, otherwise: 1),
            .answer(permission), .answer(allow),
            // socket: AF_UNIX alone.
            .isEqual(socket, skip: 0, otherwise: 4), .load(16), .isEqual(1, skip: 1), .answer(family),
            .answer(allow),
        ]
        for number in refused { code += [.isEqual(number, skip: 0, otherwise: 1), .answer(permission)] }
        code.append(.answer(allow))
        return code.flatMap(\.bytes)
    }()

    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var value: UInt32

        var bytes: [UInt8] {
            withUnsafeBytes(of: code) { Array($0) } + [ifTrue, ifFalse] + withUnsafeBytes(of: value) { Array($0) }
        }

        /// A word of struct seccomp_data: 0 the number of the call, 4 the architecture, 16 the first argument's lower half.
        static func load(_ offset: UInt32) -> Instruction { Instruction(code: 0x20, value: offset) }
        static func isEqual(_ value: UInt32, skip: UInt8, otherwise: UInt8 = 0) -> Instruction {
            Instruction(code: 0x15, ifTrue: skip, ifFalse: otherwise, value: value)
        }
        static func isAtLeast(_ value: UInt32, skip: UInt8, otherwise: UInt8) -> Instruction {
            Instruction(code: 0x35, ifTrue: skip, ifFalse: otherwise, value: value)
        }
        static func hasAny(_ bits: UInt32, skip: UInt8, otherwise: UInt8) -> Instruction {
            Instruction(code: 0x45, ifTrue: skip, ifFalse: otherwise, value: bits)
        }
        static func answer(_ value: UInt32) -> Instruction { Instruction(code: 0x06, value: value) }
    }

    // Calls that have one number everywhere: io_uring_setup, _enter, _register; open_tree, move_mount, fsopen, fsconfig,
    // fsmount, fspick; pidfd_getfd; process_madvise; mount_setattr; quotactl_fd; memfd_secret.
    private static let everywhere: [UInt32] = [
        425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443, 447,
    ]

    #if arch(x86_64)
    private static let architecture: UInt32 = 0xC000_003E
    private static let (clone, socket): (UInt32, UInt32) = (56, 41)
    // ptrace, syslog, uselib, personality, vhangup, modify_ldt, pivot_root, _sysctl, adjtimex, chroot, acct, settimeofday,
    // mount, umount2, swapon, swapoff, reboot, sethostname, setdomainname, iopl, ioperm, create_module, init_module,
    // delete_module, quotactl, nfsservctl, lookup_dcookie, clock_settime, mbind, set_mempolicy, get_mempolicy, kexec_load,
    // add_key, request_key, keyctl, migrate_pages, unshare, vmsplice, move_pages, perf_event_open, fanotify_init,
    // name_to_handle_at, open_by_handle_at, clock_adjtime, setns, process_vm_readv, process_vm_writev, kcmp, finit_module,
    // kexec_file_load, bpf, userfaultfd.
    private static let refused: [UInt32] =
        everywhere + [
            101, 103, 134, 135, 153, 154, 155, 156, 159, 161, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173,
            174,
            175, 176, 179, 180, 212, 227, 237, 238, 239, 246, 248, 249, 250, 256, 272, 278, 279, 298, 300, 303, 304,
            305,
            308, 310, 311, 312, 313, 320, 321, 323,
        ]
    #elseif arch(arm64)
    private static let architecture: UInt32 = 0xC000_00B7
    private static let (clone, socket): (UInt32, UInt32) = (220, 198)
    // The same, as far as they are there (asm-generic/unistd.h).
    private static let refused: [UInt32] =
        everywhere + [
            18, 39, 40, 41, 42, 51, 58, 60, 75, 89, 92, 97, 104, 105, 106, 112, 116, 117, 142, 161, 162, 170, 171, 217,
            218, 219, 224, 225, 235, 236, 237, 238, 239, 241, 262, 264, 265, 266, 268, 270, 271, 272, 273, 280, 282,
            294,
        ]
    #endif
}
