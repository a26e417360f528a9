import Storage

/// What there is of a set, and what is wrong with it.
public struct PreparationReport {
  /// The name of the set.
  public let set: String
  /// Its folder.
  public let folder: String
  /// The names of the classes.
  public let classes: [String]
  /// The media that were looked at, in order.
  public let media: [Medium]
  /// How the set was split, as a sentence.
  public let rule: String
  /// What was counted, by part and class.
  public internal(set) var tallies: [Part: [String: SampleTally]] = [:]
  /// Files of no use.
  public internal(set) var faults: [FoundFault] = []
  /// Media that are not there.
  public internal(set) var absences: [Absence] = []
  /// Groups that have samples in several parts: what a model learns by heart in one helps it in another.
  public internal(set) var sharedGroups = 0
  /// Samples to test with whose text is a training sample's too, links and letter case aside.
  public internal(set) var commonTexts = 0
  /// Samples that lists leave out.
  public internal(set) var inNoPart = 0

  let groupNoun: String
  let index: SetIndex
  let division: Division

  private var partsOfGroups: [String: Set<Part>] = [:]

  /// A file of no use, and whose it is.
  public struct FoundFault: Equatable, Sendable {
    /// The sample.
    public let id: String
    /// Which medium of it.
    public let medium: Medium
    /// What is wrong.
    public let fault: Fault
  }

  /// A medium that is not there.
  public struct Absence: Equatable, Sendable {
    /// The sample.
    public let id: String
    /// Which medium of it.
    public let medium: Medium
    /// Where it was expected first; nil: the label files name no place.
    public let path: String?
  }

  init(
    set: String, folder: String, groupNoun: String, index: SetIndex, division: Division,
    media: [Medium]
  ) {
    (self.set, self.folder, self.groupNoun) = (set, folder, groupNoun)
    (self.index, self.division) = (index, division)
    (classes, self.media, rule) = (index.classes, media, division.sentence)
    for part in [Part.train, .test] { tallies[part] = [:] }
  }

  /// The parts that there are, train and test always.
  public var parts: [Part] { tallies.keys.sorted() }

  /// What was counted of a part, or of one of its classes.
  public func tally(_ part: Part, _ label: String? = nil) -> SampleTally {
    let tallies = tallies[part] ?? [:]
    guard let label else { return tallies.values.reduce(into: SampleTally()) { $0.add($1) } }
    return tallies[label] ?? SampleTally()
  }

  /// How many files have each kind of fault.
  public var faultCounts: [Fault.Kind: Int] {
    Dictionary(faults.map { ($0.fault.kind, 1) }, uniquingKeysWith: +)
  }

  /// Counts a sample of a part. Returns whether it goes into manifests.
  mutating func count(
    _ sample: IndexedSample, in part: Part, _ findings: [Medium: Finding], keepsIncomplete: Bool
  ) -> Bool {
    var tally = tallies[part]?[sample.label] ?? SampleTally()
    var found: [Medium] = []
    for medium in media {
      switch findings[medium] {
      case .path, .text: found.append(medium)
      case .broken(let fault):
        tally.broken[medium, default: 0] += 1
        faults.append(FoundFault(id: sample.id, medium: medium, fault: fault))
      case .missing(let path):
        tally.missing[medium, default: 0] += 1
        absences.append(Absence(id: sample.id, medium: medium, path: path))
      case nil: break
      }
    }
    let isComplete = found.count == media.count
    tally.listed += 1
    tally.complete += isComplete ? 1 : 0
    tally.duplicates +=
      (index.duplicates[sample.id] ?? 0) + (division.duplicates[sample.id] ?? 0)
    if isComplete || keepsIncomplete {
      for medium in found { tally.written[medium, default: 0] += 1 }
    }
    tallies[part, default: [:]][sample.label] = tally
    if partsOfGroups[sample.group, default: []].insert(part).inserted,
      partsOfGroups[sample.group]?.count == 2
    {
      sharedGroups += 1
    }
    return isComplete || keepsIncomplete
  }

  /// Counts texts to test with that stand among the training samples.
  mutating func countCommonTexts(_ entries: [Part: [Preparation.Entry]]) {
    func sayings(_ part: Part) -> [String] {
      (entries[part] ?? []).compactMap { entry in
        guard case .text(let text) = entry.findings[.text] else { return nil }
        return text.saying
      }
    }
    let known = Set(sayings(.train))
    commonTexts = sayings(.test).count { known.contains($0) && !$0.isEmpty }
  }
}

extension SampleTally {
  fileprivate mutating func add(_ other: SampleTally) {
    listed += other.listed
    complete += other.complete
    duplicates += other.duplicates
    missing.merge(other.missing, uniquingKeysWith: +)
    broken.merge(other.broken, uniquingKeysWith: +)
    written.merge(other.written, uniquingKeysWith: +)
  }
}
