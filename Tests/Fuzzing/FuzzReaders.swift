import ArgumentParser
import Foundation
import Storage

/// Gives every reader of files hostile ones, and says how it took them.
@main
struct FuzzReaders: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz-readers",
    abstract: "Gives every reader of files hostile ones; what it cannot cope with is kept.",
    subcommands: [Series.self, Replay.self, Pictures.self, Work.self],
    defaultSubcommand: Series.self)
}

/// A series of inputs for each reader, and the table about it.
struct Series: ParsableCommand {
  @Option(help: "Inputs of each reader.") var inputs = 1_000_000
  @Option(help: "The same seed gives the same inputs.") var seed: UInt64 = 1
  @Option(help: "Only this reader; may be given several times.") var reader: [String] = []
  @Option(help: "The most bytes of an input, where its reader takes so many.")
  var longest = Int.max
  @Option(help: "The folder where inputs are kept that a reader could not cope with.")
  var keep = "fuzz-failures"

  func run() throws {
    let readers = try reader.isEmpty ? Readers.all : reader.map(Readers.known)
    say(Table.head)
    var failures: [String] = []
    for var reader in readers {
      reader.longest = min(reader.longest, longest)
      let count = max(1, inputs / reader.share)
      let result = try Supervisor(reader: reader, seed: seed, count: count, keeping: keep).run()
      say(Table.line(reader.name, result))
      failures += result.failures
    }
    failures.forEach(say)
    if !failures.isEmpty { throw ExitCode(1) }
  }
}

/// Reads given files, in this process.
struct Replay: ParsableCommand {
  @Argument var reader: String
  @Argument var files: [String]

  func run() throws {
    let reader = try Readers.known(reader)
    let folder = try WorkFolder()
    let path = "\(folder.path)/\(reader.file)"
    let read = try reader.open(folder)
    var isSound = true
    for file in files {
      try InputFile(path).replace(with: Array(try Data(contentsOf: URL(fileURLWithPath: file))))
      do {
        try read(path)
        say("\(file): accepted")
      } catch {
        let problem = Sentence.problem(of: error, naming: reader.file)
        say("\(file): \(problem.map { "FAULT: \($0)" } ?? "refused: \(error)")")
        if problem != nil { isSound = false }
      }
    }
    if !isSound { throw ExitCode(1) }
  }
}

/// The part of a series that one process does.
struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument var reader: String
  @Option var seed: UInt64
  @Option var from: Int
  @Option var count: Int
  @Option var longest: Int
  @Option var folder: String

  func run() throws {
    var reader = try Readers.known(reader)
    reader.longest = longest
    try Worker(reader: reader, folder: WorkFolder(at: folder), seed: seed).run(
      from..<count)
  }
}

extension Readers {
  /// The reader of that name.
  static func known(_ name: String) throws -> Reader {
    guard let reader = named(name) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no reader '\(name)'; there are \(names)")
    }
    return reader
  }
}

/// Writes a line at once: who reads it may outlive this process.
func say(_ line: String) { Descriptors.write(line + "\n", to: STDOUT_FILENO) }
