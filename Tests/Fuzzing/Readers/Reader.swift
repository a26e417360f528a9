/// A reader of files, and what its inputs are made of.
struct Reader: Sendable {
  /// Reads the file at a path, and uses what it gave; throws where it is refused.
  typealias Read = (String) throws -> Void

  /// The name on the command line.
  let name: String
  /// What an input is called; readers that go by the name's ending need the right one.
  let file: String
  let format: @Sendable () throws -> Format
  /// What part of the inputs it gets, for readers that take long or are others' libraries.
  var share: Int
  /// The longest input. An archive may hold 1032 times its size, which is no fault of its reader.
  var longest: Int
  /// The memory that an input may take beyond its size, in bytes.
  var memory: Int
  /// Puts the other files in place that the reader needs, and gives what reads.
  let open: @Sendable (WorkFolder) throws -> Read

  init(
    _ name: String, file: String, _ format: @autoclosure @escaping @Sendable () throws -> Format,
    share: Int = 1,
    longest: Int = 1 << 20, memory: Int = Limits.memory,
    open: @escaping @Sendable (WorkFolder) throws -> Read
  ) {
    (self.name, self.file, self.format, self.open) = (name, file, format, open)
    (self.share, self.longest, self.memory) = (share, longest, memory)
  }

  /// A reader that needs nothing but the file.
  init(
    _ name: String, file: String, _ format: @autoclosure @escaping @Sendable () throws -> Format,
    longest: Int = 1 << 20,
    read: @escaping @Sendable (String) throws -> Void
  ) {
    self.init(name, file: file, try format(), longest: longest, open: { _ in read })
  }
}

extension Reader {
  /// Makes the inputs: of the format, and of what broke something before.
  func mutator() throws -> Mutator {
    let before = try Repository.files(
      in: "Tests/Fuzzing/Regressions/\(name)", ending: "", atMost: longest)
    return Mutator(format: try format().with(seeds: before), longest: longest)
  }
}

/// What a reader did that none should: accepted or refused, it went wrong.
struct Misbehaviour: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
