import Storage

/// A published set, read, split and looked at: what there is of it, and what is wrong with it.
///
/// Nothing is written until `write`.
public struct Preparation {
  /// What was found.
  public let report: PreparationReport
  /// Why no manifests can be made of it; nil: they can.
  public let fault: FileError?

  let division: Division
  /// The samples of each part, sorted by id.
  let entries: [Part: [Entry]]

  /// A sample with what is there of it.
  struct Entry {
    let sample: IndexedSample
    let findings: [Medium: Finding]
  }

  /// Reads the set in the folder at `path`.
  ///
  /// - Throws: `FileError` where label files or lists cannot be read.
  public init(_ choice: SetChoice, in path: String, options: PreparationOptions = .init()) throws {
    let set = choice.set
    let folder = try SetFolder(path)
    let index = try set.index(folder).sorted()
    let media = try Self.media(options.media, of: choice)
    let division = try Self.division(of: index, set, by: options.rule ?? type(of: set).rule)
    let check = FileCheck(folder: folder)
    var entries: [Part: [Entry]] = [:]
    var report = PreparationReport(
      set: type(of: set).name, folder: folder.path, groupNoun: set.groupNoun, index: index,
      division: division, media: media)
    for sample in index.samples {
      guard let part = division.parts[sample.id] else {
        report.inNoPart += 1
        continue
      }
      var findings: [Medium: Finding] = [:]
      for medium in media {
        findings[medium] = try check.finding(sample.contents[medium], of: medium)
      }
      let isKept = report.count(sample, in: part, findings, keepsIncomplete: !options.isComplete)
      entries[part, default: []].append(Entry(sample: sample, findings: isKept ? findings : [:]))
    }
    report.countCommonTexts(entries)
    fault = report.fault
    self.report = report
    self.division = division
    self.entries = entries
  }

  private static func media(_ wanted: [Medium]?, of choice: SetChoice) throws -> [Medium] {
    guard let wanted else { return choice.media }
    for medium in wanted where !choice.media.contains(medium) {
      throw FileError(
        "--media",
        "found '\(medium.rawValue)', but the set has \(quoted(choice.media.map(\.rawValue)))")
    }
    return choice.media.filter(wanted.contains)
  }

  private static func division(
    of index: SetIndex, _ set: any PublishedSet, by rule: SplitRule
  ) throws -> Division {
    switch rule {
    case .official: .official(index)
    case .held(let groups): try .holding(groups, of: index, noun: set.groupNoun)
    case .groups(let share, let seed):
      try .drawing(
        index, share: share, seed: seed, noun: set.groupNoun, set: type(of: set).name)
    case .lists(let paths):
      try .listed(by: paths, in: index) { set.className($0, in: index) }
    }
  }
}
