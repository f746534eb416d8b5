import ArgumentParser

/// The command line: every command opens the same installation, or goes through the socket of the server that owns it.
@main
struct Mingjian: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mingjian",
        abstract: "Receives, judges, routes, handles and answers reports of wrongdoing.",
        subcommands: [
            Initialise.self, Serve.self, Demo.self, Import.self, Workdays.self, Verify.self, Rules.self,
            Backup.self, BackupBook.self, Restore.self, SealingChoice.self, LogCommand.self,
            WitnessCommand.self, Similar.self, SimilarTime.self, Marks.self, Suggest.self,
        ])

    static func main() async {
        Crash.leaveNothingBehind()
        await main(nil)
    }
}
