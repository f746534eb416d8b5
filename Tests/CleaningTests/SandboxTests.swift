import Foundation
import Testing

@testable import Cleaning

/// What a tool that a hostile file took over can do. One after the other: each looks at what is left afterwards.
@Suite("A tool that was taken over", .serialized) struct SandboxTests {
    @Test func `namespaces work on the machine that tests this`() async {
        #expect(await Sandbox.namespacesWork())
    }

    @Test func `it sees no network, no process of ours, no file of ours and no word of our environment`() async throws {
        setenv("MINGJIAN_TEST_SECRET", "marked-secret", 1)
        defer { unsetenv("MINGJIAN_TEST_SECRET") }
        let seen = try await Shop(
            """
            { env; ls -A / /home /root /etc /var /proc; cat /etc/passwd /etc/hostname; ls /sys /run
              ls /work/..; ls /sys/class/net /proc/net/route
              python3 -c "import socket
            def refused(make):
              try: make()
              except OSError as error: return error.errno
            print('socket', refused(lambda: socket.socket()), refused(lambda: socket.socket(socket.AF_NETLINK)))
            print('kill', __import__('os').getpid() < 20)"
            } >out/seen 2>&1
            """
        ).clean()
        let text = try #require(seen.text)
        #expect(!text.contains("marked-secret"))
        #expect(!text.contains("root:x:"), "no account of the machine")
        #expect(text.contains("socket 97 97"), "no socket of any network: \(text)")
        #expect(text.contains("kill True"), "process numbers of its own")
        let names = Set(text.split(separator: "\n").map(String.init))
        #expect(names.isDisjoint(with: ["home", "root", "srv", "var/lib", "proc"]), "\(text)")
        #expect(Shop.leftovers.isEmpty)
    }

    @Test func `it is refused what leads out of namespaces, and what tools need works`() async throws {
        let told = try await Shop(
            """
            { unshare --user true && echo unshared; mount -t tmpfs none /tmp && echo mounted
              python3 -c "import ctypes, os, socket, threading
            libc = ctypes.CDLL(None, use_errno=True)
            def call(*words):
              answer = libc.syscall(*words)
              return ctypes.get_errno() if answer < 0 else 0
            machine = os.uname().machine == 'x86_64'
            names = dict(ptrace=(101, 117), keyctl=(250, 219), bpf=(321, 280), perf=(298, 241), userfault=(323, 282))
            for name, numbers in names.items(): print(name, call(numbers[0 if machine else 1], 0, 0, 0, 0, 0))
            print('uring', call(425, 1, 0)); print('clone3', call(435, 0, 0))
            print('newuser', call(56 if machine else 220, 0x10000000 | 17, 0, 0, 0, 0))
            thread = threading.Thread(target=lambda: print('a thread runs')); thread.start(); thread.join()
            print('pair', len(socket.socketpair()))"
              ls >/dev/null && echo "a program runs"
            } >out/seen 2>&1
            """
        ).clean()
        let text = try #require(told.text)
        for line in [
            "ptrace 1", "keyctl 1", "bpf 1", "perf 1", "userfault 1", "uring 1", "clone3 38", "newuser 1",
            "a thread runs", "pair 2", "a program runs",
        ] { #expect(text.contains(line + "\n"), "\(line): \(text)") }
        #expect(!text.contains("unshared") && !text.contains("mounted"))
    }

    @Test(arguments: [Sandbox.namespaces, .limitsOnly])
    func `it is killed when its time is over, with what it started, and nothing stays in memory`(
        _ sandbox: Sandbox
    ) async throws {
        let word = "31\(UInt32.random(in: 1000...9999))"
        let outcome = try await Shop("sleep \(word) & sleep \(word)", sandbox: sandbox, seconds: 1).clean()
        #expect(outcome == .refused(.limits))
        #expect(try await Shop.comesTrue { Shop.processes(naming: word) == 0 })
        #expect(Shop.leftovers.isEmpty)
    }

    @Test func `nothing that it starts outlives it, not even in another session`() async throws {
        let word = "32\(UInt32.random(in: 1000...9999))"
        let outcome = try await Shop("setsid sleep \(word) & echo done >out/a").clean()
        #expect(outcome.text == "done\n")
        #expect(try await Shop.comesTrue { Shop.processes(naming: word) == 0 })
    }

    @Test func `it cannot fill the memory with one file or with many`() async throws {
        // The file ends where the limit is; with what else lies there, the folder is over its own when somebody looks.
        let one = try await Shop("head -c 100000000 /dev/zero >big; echo ok >out/a").clean()
        #expect(one.text == "ok\n" || one == .refused(.limits))
        let many = "i=0; while :; do head -c 1000000 /dev/zero >part$i; i=$((i+1)); done"
        #expect(try await Shop(many, seconds: 20).clean() == .refused(.limits))
        let grown = "python3 -c \"x = bytearray(3 << 30); print(len(x))\" >out/a 2>&1; exit 0"
        #expect(try await Shop(grown).clean().text?.contains("MemoryError") == true)
        #expect(Shop.leftovers.isEmpty)
    }

    @Test func `a link in its output leads nowhere`() async throws {
        #expect(try await Shop("ln -s /etc/passwd out/a").clean() == .refused(.limits))
        #expect(try await Shop("mkfifo out/a").clean() == .refused(.limits))
        #expect(try await Shop("rmdir out; ln -s / out").clean() == .refused(.damaged))
        #expect(try await Shop("echo x >a; ln a out/a").clean() == .refused(.limits))
        #expect(try await Shop("echo x >out/1; echo x >out/2", parts: 1).clean() == .refused(.limits))
        #expect(try await Shop("head -c 4194305 /dev/zero >out/a").clean() == .refused(.limits))
    }

    @Test func `a folder that it locks is removed all the same`() async throws {
        let shop = try Shop("mkdir -p a/b/c; echo plain >a/b/c/d; chmod 000 a/b; chmod 000 a; echo ok >out/a")
        #expect(try await shop.clean().text == "ok\n")
        #expect(Shop.leftovers.isEmpty)
    }

    @Test func `who leaves stops it, and who waits gets the turn`() async throws {
        let word = "33\(UInt32.random(in: 1000...9999))"
        let slow = try Shop("sleep \(word)", seconds: 60, atOnce: 1)
        let first = Task { try await slow.clean() }
        #expect(try await Shop.comesTrue { Shop.processes(naming: word) > 0 })
        let kind = slow.recipe
        let second = Task { try await slow.workshop.clean({ try $0([1]) }, kind: kind) }
        try await Task.sleep(for: .milliseconds(100))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await Shop.comesTrue { Shop.processes(naming: word) == 0 })
        #expect(Shop.leftovers.isEmpty)
    }

    @Test func `without the sandbox that was asked for nothing is cleaned`() async throws {
        let workshop = Workshop(rules: try .shipped(), sandbox: nil)
        let kind = try #require(workshop.rules.kind(type: "image/png", name: "a.png"))
        await #expect(throws: CleaningError.noSandbox) { try await workshop.clean({ try $0([1]) }, kind: kind) }
    }

    @Test func `plain evidence is not put on a disk`() async throws {
        let workshop = Workshop(
            rules: try .shipped(), sandbox: .namespaces, memory: FileManager.default.currentDirectoryPath)
        let kind = try #require(workshop.rules.kind(type: "image/png", name: "a.png"))
        await #expect(throws: MemoryFolderError.self) { try await workshop.clean({ try $0([1]) }, kind: kind) }
    }

    @Test func `what a server that was killed left in memory goes at the next start`() throws {
        let gone = "/dev/shm/mingjian-999999999-ABCDEF"
        try FileManager.default.createDirectory(atPath: gone, withIntermediateDirectories: true)
        try Data("plain".utf8).write(to: URL(fileURLWithPath: gone + "/in"))
        _ = Workshop(rules: try .shipped(), sandbox: .namespaces)
        #expect(!FileManager.default.fileExists(atPath: gone))
    }

    @Test func `a name in the mark is text and nothing else`() {
        #expect(Workshop.escaped("<b>张三</b> & \u{7}x") == "&lt;b&gt;张三&lt;/b&gt; &amp; x")
    }
}
