import Storage

/// The runs that a folder holds.
enum RunFolders {
  /// The most runs that one page shows.
  static let mostRuns = 2_000
  /// How deep below a folder its runs may lie: experiments have one for a point, and one for a seed.
  private static let deepest = 5
  /// The most files and folders that are looked at, wherever somebody points.
  private static let mostLooks = 100_000

  /// The folders of all runs below one, in the order of their names; the folder itself where it is one.
  static func all(below folder: String) -> [String] {
    var (found, looks) = ([String](), mostLooks)
    collect(folder, depth: 0, &found, &looks)
    return found
  }

  private static func collect(
    _ folder: String, depth: Int, _ found: inout [String], _ looks: inout Int
  ) {
    looks -= 1
    guard found.count < mostRuns, looks > 0 else { return }
    if RunRecord.isRun(folder) {
      found.append(folder)
      return
    }
    guard depth < deepest, let names = try? ModelFiles.names(in: folder) else { return }
    // What is no folder has no names in it.
    for name in names.filter({ !$0.hasPrefix(".") }).sorted(by: precedes) {
      collect("\(folder)/\(name)", depth: depth + 1, &found, &looks)
    }
  }

  /// Numbers at the ends of names in their own order: `seed-9` before `seed-10`.
  private static func precedes(_ first: String, _ second: String) -> Bool {
    func parts(_ name: String) -> (Substring, Int) {
      let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
      return (name.dropLast(digits), Int(name.suffix(digits)) ?? -1)
    }
    return parts(first) < parts(second)
  }
}
