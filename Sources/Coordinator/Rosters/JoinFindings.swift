import Configuration
import Exchange
import MLA
import Storage

/// What is odd about the join of the modalities: refused where training would make no sense, said
/// where it may be meant.
struct JoinFindings {
  /// What may be meant, a sentence each.
  private(set) var warnings: [String] = []

  private let configuration: RunConfiguration
  private let absent: Set<Int>
  private var names: [String] { configuration.modalities.map(\.name) }

  /// - Parameter absent: modalities that nothing is expected of.
  init(_ configuration: RunConfiguration, absent: Set<Int> = []) {
    self.configuration = configuration
    self.absent = absent
  }

  /// Looks for test samples that are training samples: written ids of both. Row numbers begin at 0
  /// in every file, so that they say nothing.
  mutating func compare(
    _ train: JoinedSplit, _ test: JoinedSplit, of splits: [Inventory.Split]
  ) throws {
    let shared = test.ids.indices.filter { test.isWritten[$0] && train.hasWritten(test.ids[$0]) }
    guard let first = shared.first else { return }
    let owner = splits.indices.first {
      splits[$0].hasWrittenIDs && test.rows[$0][first] != Roster.absent
    }
    let overlap = Overlap(
      count: shared.count, testCount: test.ids.count, id: test.ids[first],
      modality: owner.map { names[$0] } ?? "")
    guard configuration.data.allowsOverlap else { throw CoordinatorError.overlap(overlap) }
    warnings.append(
      "\(overlap); data.allow_overlap takes them, so results are not those of new samples")
  }

  /// Looks for modalities whose samples never meet, as when one writes 0001 and the other 1.
  mutating func lookForMeetings(
    in joined: JoinedSplit, of splits: [Inventory.Split], named name: String, isTraining: Bool
  ) throws {
    let presence = joined.roster.presence
    let complete = presence.first { $0.modalities.count == names.count }?.sampleCount ?? 0
    if isTraining, configuration.method.demands.wantsCompleteData, complete < joined.ids.count {
      throw CoordinatorError.incomplete(
        method: configuration.method.kind, complete: complete, of: joined.ids.count)
    }
    let having = splits.indices.filter { !splits[$0].ids.isEmpty }
    func meet(_ first: Int, _ second: Int) -> Bool {
      presence.contains { $0.modalities.contains(first) && $0.modalities.contains(second) }
    }
    func ids(of modality: Int) -> String {
      let kind = splits[modality].hasWrittenIDs ? "ids" : "row numbers"
      return "the \(kind) of \(names[modality]) (such as '\(splits[modality].ids[0].legible())')"
    }
    var apart: [(first: Int, second: Int)] = []
    for (place, first) in having.enumerated() {
      for second in having.dropFirst(place + 1) where !meet(first, second) {
        apart.append((first, second))
      }
    }
    guard let (first, second) = apart.first else { return }
    let lonely = having.first { one in having.allSatisfy { $0 == one || !meet(one, $0) } }
    if isTraining, configuration.method.hasOneLoss, let lonely {
      let other = having.first { $0 != lonely } ?? lonely
      throw CoordinatorError.nothingJoint(
        method: configuration.method.kind, modality: names[lonely],
        problem: "\(ids(of: lonely)) are none of \(ids(of: other))")
    }
    let others = apart.count - 1
    let rest =
      others == 0 ? "" : ", and so it is with \(others) more \(others == 1 ? "pair" : "pairs")"
    warnings.append(
      "no \(name) sample has both \(names[first]) and \(names[second])\(rest):"
        + " \(ids(of: first)) are none of \(ids(of: second)); \(complete) of"
        + " \(joined.ids.count) \(name) samples have all modalities; equal samples need equal ids")
  }

  /// Looks for modalities and classes that a split has nothing of.
  mutating func lookForGaps(
    in roster: Roster, labels: [Int32], named name: String, isTraining: Bool
  ) {
    guard roster.sampleCount > 0 else { return }
    let lacking = Set(missingClasses(among: labels))
    for (modality, rows) in roster.rows.enumerated() where !absent.contains(modality) {
      let own = zip(rows, labels).filter { $0.0 != Roster.absent }.map(\.1)
      let consequence = isTraining ? "its encoder learns nothing" : "it has no say in the results"
      if own.isEmpty {
        warnings.append("modality \(names[modality]) has no \(name) samples, so \(consequence)")
      } else if isTraining {
        let unseen = missingClasses(among: own).filter { !lacking.contains($0) }
        guard !unseen.isEmpty else { continue }
        warnings.append(
          "modality \(names[modality]) has no \(name) sample of \(described(unseen))")
      }
    }
    guard !lacking.isEmpty else { return }
    let consequence =
      isTraining
      ? "the model cannot learn to tell what it never sees; give samples, or take it out of 'classes'"
      : "results say nothing about it"
    warnings.append(
      "there is no \(name) sample of \(described(lacking.sorted())): \(consequence)")
  }

  /// Looks for groups that are on both sides, and for a file of groups that is about other samples.
  mutating func lookForGroups(
    _ listed: [String: String], train: SampleGroups, test: SampleGroups
  ) throws {
    if let id = listed.keys.min(), train.listedCount + test.listedCount == 0 {
      throw CoordinatorError.foreignGroups(
        file: configuration.data.groups ?? "", count: listed.count, id: id)
    }
    let trained = Set(train.groups.compactMap(\.self))
    let tested = test.groups.compactMap(\.self)
    let shared = tested.filter(trained.contains)
    guard let example = shared.first else { return }
    warnings.append(
      "\(Set(shared).count) of \(counted(Set(tested).count, "group")) of the test split also"
        + " \(Set(shared).count == 1 ? "has" : "have") training samples, such as"
        + " '\(example.legible())': \(shared.count) of \(counted(test.groups.count, "test sample"))"
        + " are in such groups, so results will flatter")
  }

  /// Says that a validation split that was asked for is not there.
  mutating func missValidation(hasGroups: Bool) {
    let (what, only) = hasGroups ? ("half a group", "group") : ("half a sample", "one")
    warnings.append(
      "data.validation is \(configuration.data.validationFraction), which is less than \(what)"
        + " of each class, or would take its only \(only): there are no validation samples; raise it, or"
        + " give more \(hasGroups ? "groups" : "samples")")
  }

  private func missingClasses(among labels: [Int32]) -> [Int] {
    var occurs = [Bool](repeating: false, count: configuration.classes.count)
    for label in labels { occurs[Int(label)] = true }
    return occurs.indices.filter { !occurs[$0] }
  }

  private func described(_ classes: [Int]) -> String {
    let listed = classes.prefix(5).map { "'\(configuration.classes[$0].legible())'" }.joined(
      separator: ", ")
    let rest = classes.count > 5 ? " and \(classes.count - 5) more" : ""
    return "\(classes.count == 1 ? "class" : "the classes") \(listed)\(rest)"
  }
}
