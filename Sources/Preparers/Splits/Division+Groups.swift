import Foundation
import Storage
import Tensors

extension Division {
  /// Draws whole groups for the test part.
  ///
  /// Groups that have the same classes are drawn from by themselves: so every class is in both parts in
  /// the same proportion where a group has one class, and groups that have all classes are one urn.
  ///
  /// - Parameters:
  ///   - noun: what a group is, such as `actor`.
  ///   - set: the name of the set, which has a stream of random numbers of its own.
  static func drawing(
    _ index: SetIndex, share: Double, seed: UInt64, noun: String, set: String
  ) throws -> Division {
    var classes: [String: Set<String>] = [:]
    for sample in index.samples { classes[sample.group, default: []].insert(sample.label) }
    let urns = Dictionary(grouping: classes.keys) { group in
      (classes[group] ?? []).sorted { $0.precedes($1) }.joined(separator: "\n")
    }
    var generator = SeededGenerator(seed: seed, stream: "prepare/\(set)/test")
    var test: Set<String> = []
    for urn in urns.keys.sorted(by: { $0.precedes($1) }) {
      let groups = (urns[urn] ?? []).sorted { $0.precedes($1) }
      let order = generator.permutation(groups.count)
      let drawn = Int((share * Double(groups.count)).rounded())
      // Of two groups or more, one is in each part.
      let count = groups.count > 1 ? min(max(1, drawn), groups.count - 1) : 0
      test.formUnion(order.prefix(count).map { groups[$0] })
    }
    var division = Division(
      sentence: "no \(noun) is in both parts: \(counted(classes.count - test.count, noun)) to train"
        + " with, \(counted(test.count, noun)) to test with, drawn with seed \(seed)")
    for sample in index.samples {
      division.parts[sample.id] = test.contains(sample.group) ? .test : .train
    }
    return division
  }

  /// Takes certain groups for the test part.
  static func holding(_ test: [String], of index: SetIndex, noun: String) throws -> Division {
    let groups = Set(index.samples.map(\.group))
    for name in test where !groups.contains(name) {
      throw FileError(
        "--test-\(noun)",
        "found '\(name.legible())', but the set has \(quoted(groups.sorted { $0.precedes($1) }))")
    }
    var division = Division(
      sentence: "no \(noun) is in both parts: \(noun) \(test.joined(separator: ", ")) to test with,"
        + " all others to train with")
    for sample in index.samples {
      division.parts[sample.id] = test.contains(sample.group) ? .test : .train
    }
    return division
  }

  /// The parts that the set's own files say.
  static func official(_ index: SetIndex) -> Division {
    var division = Division(sentence: "the parts that the set's own files have")
    for sample in index.samples { division.parts[sample.id] = sample.part }
    return division
  }
}
