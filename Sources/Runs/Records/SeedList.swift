import Storage

/// `seeds.json`: the seeds that the runs of one folder are trained with.
struct SeedList: Codable {
  /// The seeds, in the order of their runs.
  let seeds: [UInt64]
  /// The version of this layout.
  private let format: Int

  private static let currentFormat = 1

  /// A list of different seeds.
  init(_ seeds: [UInt64]) { (self.seeds, format) = (seeds, Self.currentFormat) }

  /// Reads the seeds of a folder; nil: it is not one of several runs.
  ///
  /// - Throws: `RunError.unreadable` where the file is not what this build writes.
  init?(of directory: RunDirectory) throws {
    guard let list = try RecordFile.read(Self.self, from: directory.seeds) else { return nil }
    guard list.format == Self.currentFormat else {
      throw RunError.unreadable(
        file: directory.seeds,
        problem: "has format \(list.format), but this build reads format \(Self.currentFormat)")
    }
    guard !list.seeds.isEmpty, Set(list.seeds).count == list.seeds.count else {
      throw RunError.unreadable(
        file: directory.seeds, problem: "seeds: found \(list.seeds), expected different numbers")
    }
    self = list
  }

  /// Writes the list to a folder.
  func write(to directory: RunDirectory) throws {
    let json: JSONValue = [
      "format": .integer(format), "seeds": .list(seeds.map { .unsigned($0) }),
    ]
    try json.write(to: directory.seeds)
  }
}
