import Storage
import Tensors

/// Draws the test part: whole groups where there are groups, and of every class about the same share.
struct OwnSplit {
  private let options: OwnData.Options

  init(_ options: OwnData.Options) { self.options = options }

  /// The samples with their parts, and how those came about, as a sentence.
  func divide(
    _ samples: [OwnData.Sample], place: String
  ) throws -> (samples: [OwnData.Sample], sentence: String) {
    var samples = samples
    let given = samples.count { $0.part != nil }
    if given == samples.count, samples.contains(where: { $0.part == .test }) {
      let hasDev = samples.contains { $0.part == .dev }
      // A run keeps its own samples for validation.
      for index in samples.indices where samples[index].part == .dev {
        samples[index].part = .train
      }
      try check(samples, place)
      return (
        samples,
        "train and test as folders or files say" + (hasDev ? "; validation joins train" : "")
      )
    }
    let groups = samples.map { $0.group ?? "sample \($0.id)" }
    let count = Set(groups).count
    guard count > 1 else {
      throw FileError(place, "has samples of one group alone; nothing would be left to test with")
    }
    let test = draw(samples, groups)
    for index in samples.indices {
      samples[index].part = test.contains(groups[index]) ? .test : .train
    }
    try check(samples, place)
    let hasGroups = samples.contains { $0.group != nil }
    let what =
      hasGroups
      ? "whole groups, \(test.count) of \(count)"
      : "\(test.count) of \(count) samples, class by class"
    return (samples, "test: \(what), drawn with seed \(options.seed)")
  }

  /// The groups to test with: in random order, those that bring a class nearer to its share, and leave training
  /// something of each.
  private func draw(_ samples: [OwnData.Sample], _ groups: [String]) -> Set<String> {
    var counts: [String: [String: Int]] = [:]
    var total: [String: Int] = [:]
    for (sample, group) in zip(samples, groups) {
      counts[group, default: [:]][sample.label, default: 0] += 1
      total[sample.label, default: 0] += 1
    }
    let wanted = total.mapValues {
      $0 > 1 ? max(1, Int((options.testShare * Double($0)).rounded())) : 0
    }
    let names = counts.keys.sorted { $0.precedes($1) }
    var generator = SeededGenerator(seed: options.seed, stream: "init/test")
    let order = generator.permutation(names.count).map { names[$0] }
    var (drawn, have): (Set<String>, [String: Int]) = ([], [:])
    // First what fits, then, for classes that have nothing yet, what overshoots.
    for isStrict in [true, false] {
      for group in order where !drawn.contains(group) {
        let content = counts[group] ?? [:]
        let helps = content.contains { label, _ in
          let (has, wants) = (have[label] ?? 0, wanted[label] ?? 0)
          return isStrict ? has < wants : has == 0 && wants > 0
        }
        let fits = content.allSatisfy { label, count in
          let (has, wants) = (have[label] ?? 0, wanted[label] ?? 0)
          return (isStrict ? has + count <= max(wants, 1) : true)
            && has + count < total[label] ?? 0
        }
        guard helps, fits else { continue }
        drawn.insert(group)
        have.merge(content, uniquingKeysWith: +)
      }
    }
    return drawn
  }

  private func check(_ samples: [OwnData.Sample], _ place: String) throws {
    for part in [Part.train, .test] where !samples.contains(where: { $0.part == part }) {
      throw FileError(
        place,
        part == .test
          ? "cannot be split: every group has the only samples of a class; without groups, leave --group and the column out"
          : "has no samples to train with, only to test with")
    }
    let trained = Set(samples.filter { $0.part == .train }.map(\.label))
    if let label = samples.first(where: { !trained.contains($0.label) })?.label {
      throw FileError(
        place, "has class '\(label.legible())' in its test part alone; put samples of it into train"
      )
    }
  }
}
