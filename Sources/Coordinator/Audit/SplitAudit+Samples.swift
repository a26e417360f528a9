import Exchange
import MLA

/// What is found of samples and their labels alone.
extension SplitAudit {
  /// Test samples that stand in the training files by an id that somebody wrote.
  static func sharedIDs(_ joined: AuditedSamples) -> [AuditFinding] {
    let tested = joined.of(.test)
    let trained = Set(
      joined.samples.filter { $0.side != .test && $0.isWritten }.map(\.id))
    let shared = tested.filter { $0.isWritten && trained.contains($0.id) }.map { [$0.id] }
    guard !shared.isEmpty else { return [] }
    return [
      AuditFinding(
        .sharedIDs, split: .test, count: shared.count, of: tested.count, examples: shared,
        "ids stand in the training and in the test files; training refuses them, unless data.allow_overlap is true"
      )
    ]
  }

  /// Samples of groups that training has too.
  static func sharedGroups(_ joined: AuditedSamples) -> [AuditFinding] {
    [AuditedSamples.Side.validation, .test].flatMap { side -> [AuditFinding] in
      let own = joined.of(side)
      let others = joined.samples.filter {
        $0.side == .training || side == .test && $0.side == .validation
      }
      let trained = Set(others.compactMap(\.group))
      let shared = own.compactMap { $0.group.flatMap { trained.contains($0) ? $0 : nil } }
      guard !shared.isEmpty else { return [] }
      return [
        AuditFinding(
          .sharedGroups, split: side.split, count: shared.count, of: own.count,
          examples: Set(shared).sorted().map { [$0] },
          "samples are of groups that have training samples too, so results are not those of new ones: split by group"
        )
      ]
    }
  }

  /// Pairs of modalities that have samples in a split, but none together.
  static func idsApart(_ joined: AuditedSamples, names: [String]) -> [AuditFinding] {
    // Validation samples are in the training files.
    [EvaluatedSplit?.none, .test].flatMap { split -> [AuditFinding] in
      let own = joined.samples.filter { ($0.side == .test) == (split == .test) }
      let firsts = names.indices.map { modality in own.first { $0.rows[modality] != nil } }
      return names.indices.flatMap { first -> [AuditFinding] in
        names.indices.dropFirst(first + 1).compactMap { second in
          guard let one = firsts[first], let other = firsts[second],
            !own.contains(where: { $0.rows[first] != nil && $0.rows[second] != nil })
          else { return nil }
          return AuditFinding(
            .idsApart, split: split, modality: "\(names[first]), \(names[second])",
            count: own.count,
            of: own.count, examples: [[one.id, other.id]],
            "no sample has both modalities: equal samples need equal ids, letter by letter")
        }
      }
    }
  }

  /// The classes of each side that has samples.
  static func balances(of joined: AuditedSamples, classCount: Int) -> [Balance] {
    AuditedSamples.Side.allCases.compactMap { side in
      let own = joined.of(side)
      guard !own.isEmpty else { return nil }
      var counts = [Int](repeating: 0, count: classCount)
      for sample in own { counts[sample.label] += 1 }
      return Balance(name: side.split?.rawValue ?? "training", counts: counts)
    }
  }

  /// Classes without samples, and splits whose classes have other shares than in training.
  static func classes(_ balances: [Balance], names: [String]) -> [AuditFinding] {
    var findings: [AuditFinding] = []
    for balance in balances {
      let missing = names.indices.filter { balance.counts[$0] == 0 }
      guard !missing.isEmpty else { continue }
      let split = EvaluatedSplit(rawValue: balance.name)
      findings.append(
        AuditFinding(
          .missingClasses, split: split, count: missing.count, of: names.count,
          examples: missing.map { [names[$0]] },
          split == nil
            ? "classes have no training sample: the model cannot learn to tell them"
            : "classes have no sample in this split: results say nothing about them"))
    }
    guard let training = balances.first(where: { $0.name == "training" }) else { return findings }
    for balance in balances {
      guard let split = EvaluatedSplit(rawValue: balance.name) else { continue }
      let shifted = names.indices.filter { isShifted($0, balance, training) }
      guard !shifted.isEmpty else { continue }
      findings.append(
        AuditFinding(
          .classBalance, split: split, count: shifted.count, of: names.count,
          examples: shifted.map { [names[$0]] },
          "classes have shares that differ by more than 10 points from those in training: compare macro-F1 as well as accuracy, and look how the split was drawn"
        ))
    }
    return findings
  }

  /// Whether a class's share differs by more than 10 points, and by more than chance explains.
  private static func isShifted(_ label: Int, _ balance: Balance, _ training: Balance) -> Bool {
    let (n, m) = (balance.total, training.total)
    let a = Double(balance.counts[label]) / Double(n)
    let b = Double(training.counts[label]) / Double(m)
    return abs(a - b) > 0.1 && AuditFinding.isBeyondChance(a, of: n, b, of: m)
  }
}
