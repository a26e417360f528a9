import Exchange

/// The contents of one modality's samples, on the sides that they are on.
struct AuditedContents {
  private typealias Sample = AuditedSamples.Sample

  private let name: String
  private let areTexts: Bool
  /// The samples that have each content.
  private let owners: [Int32: [Sample]]
  /// For each content, those that are nearly the same.
  private let neighbours: [Int32: [Int32]]
  private let samples: [(sample: Sample, content: Int32)]

  /// - Parameters:
  ///   - modality: its place in the configuration.
  ///   - name: its name.
  init(_ joined: AuditedSamples, _ likeness: Likeness, modality: Int, named name: String) {
    self.name = name
    areTexts = likeness.areTexts
    samples = joined.samples.compactMap { sample in
      sample.rows[modality].map { (sample, likeness.contents[$0]) }
    }
    owners = Dictionary(grouping: samples.filter { $0.content >= 0 }, by: \.content)
      .mapValues { $0.map(\.sample) }
    var neighbours: [Int32: [Int32]] = [:]
    for pair in likeness.pairs {
      neighbours[pair.first, default: []].append(pair.second)
      neighbours[pair.second, default: []].append(pair.first)
    }
    self.neighbours = neighbours
  }

  /// Validation and test samples that are training samples under another id. A test sample must be none of
  /// the validation samples either, which choices are made by.
  var identical: [AuditFinding] {
    findings { self.double(of: $0, $1) }.map { side, doubles, total in
      AuditFinding(
        .identicalSamples, split: side.split, modality: name, count: doubles.count, of: total,
        examples: doubles,
        "decoded samples are equal to samples of the training files under other ids: take one side of each pair out, or give both the same group"
      )
    }
  }

  /// The same of texts that are nearly the same, without those that are equal.
  var near: [AuditFinding] {
    guard areTexts else { return [] }
    return findings { sample, content in
      guard self.double(of: sample, content) == nil else { return nil }
      for other in self.neighbours[content] ?? [] {
        if let double = self.double(of: sample, other) { return double }
      }
      return nil
    }.map { side, doubles, total in
      AuditFinding(
        .nearTexts, split: side.split, modality: name, count: doubles.count, of: total,
        examples: doubles,
        "texts are nearly those of training samples (seven in ten of their words and pairs of words are the same): take one side of each pair out, or give both the same group"
      )
    }
  }

  /// Samples whose content has another label elsewhere, in whatever split.
  var conflicting: [AuditFinding] {
    let torn = owners.values.filter { Set($0.map(\.label)).count > 1 }
    guard !torn.isEmpty else { return [] }
    let pairs = torn.compactMap { samples -> [String]? in
      samples.first { $0.label != samples[0].label }.map { [samples[0].id, $0.id] }
    }
    return [
      AuditFinding(
        .conflictingLabels, modality: name, count: torn.reduce(0) { $0 + $1.count },
        of: samples.count, examples: pairs.sorted { $0.lexicographicallyPrecedes($1) },
        "equal samples have different labels: this modality alone cannot get all of them right; look whether the labels are"
      )
    ]
  }

  /// The samples of each side for which `double` finds one on another side, with it, and how many the side
  /// has.
  private func findings(
    _ double: (Sample, Int32) -> [String]?
  ) -> [(AuditedSamples.Side, [[String]], Int)] {
    [AuditedSamples.Side.validation, .test].compactMap { side in
      let own = samples.filter { $0.sample.side == side }
      let doubles = own.compactMap { $0.content >= 0 ? double($0.sample, $0.content) : nil }
      return doubles.isEmpty ? nil : (side, doubles, own.count)
    }
  }

  /// The ids of a sample and of one with that content which it must not know.
  private func double(of sample: Sample, _ content: Int32) -> [String]? {
    owners[content]?.first { other in
      guard other.side == .training || other.side == .validation && sample.side == .test else {
        return false
      }
      // The same written id on both sides is a finding of its own.
      return !(other.id == sample.id && other.isWritten && sample.isWritten)
    }.map { [sample.id, $0.id] }
  }
}
