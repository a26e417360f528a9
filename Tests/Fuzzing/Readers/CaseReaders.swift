import Datasets
import Exchange
import Verification

extension Readers {
  /// The reference's cases: what was taken is run, in one process.
  static let cases = [
    // Each rank has a thread with a stack, which counts before it is used.
    Reader("case", file: "case.npz", try CaseFormat.format(), share: 20, memory: 1 << 30) { _ in
      { path in
        let oracle = try OracleCase(path: path)
        // Numbers that diverge may be an error; they shall not be the end.
        try? OneProcess.run(ranks: oracle.modalityCount + 1, deadline: .seconds(10)) { endpoint in
          guard let arrays = try CaseRun.run(oracle, on: endpoint) else { return }
          _ = try CaseComparison(arrays, with: oracle)
        }
      }
    }
  ]
}

/// Cases whose archive is sound, and whose arrays and options are not.
private enum CaseFormat {
  private struct Entry {
    let name: String
    var integers: [Int]?
    var floats: [Double] = []

    var bytes: [UInt8] {
      guard let integers else {
        return NPYFormat.file(
          "<f8", "(\(floats.count),)", floats.flatMap { little($0.bitPattern, 8) })
      }
      return NPYFormat.file("<i8", "(\(integers.count),)", integers.flatMap { little($0, 8) })
    }
  }

  static func format() throws -> Format {
    let cases = try ["c02_m2_default", "c09_m2_conv_linear"].map(entries)
    return Format(
      seeds: cases.map { ZipFormat.file($0.map { ($0.name + ".npy", $0.bytes) }) },
      make: { make(cases, &$0) })
  }

  /// What a case has, without what it should come to: that is only compared.
  private static func entries(of name: String) throws -> [Entry] {
    let file = try NPZFile(path: Repository.path("Tests/VerificationTests/Golden/\(name).npz"))
    return try file.names.filter { !$0.hasPrefix("out.") || $0 == "out.loss" }.map { name in
      let array = try file.array(name)
      let isWhole = array.type.kind != .float
      return Entry(
        name: name, integers: isWhole ? try array.integers() : nil,
        floats: isWhole ? [] : try array.doubles())
    }
  }

  private static func make(_ cases: [[Entry]], _ draw: inout Draw) -> [UInt8] {
    var entries = draw.pick(cases)
    for _ in 0..<1 + draw.below(2) {
      let chosen = draw.once(in: 2) ? entries.firstIndex { $0.name == "config" } : nil
      let index = chosen ?? draw.below(entries.count)
      if entries[index].name == "config" {
        let mutator = Mutator(
          format: Format(tokens: utf8(["null", "-1", "[]", "{}", "true", "1e9", "\"a\""])),
          longest: 1 << 16)
        var text = (entries[index].integers ?? []).map { UInt8(truncatingIfNeeded: $0) }
        mutator.damage(&text, &draw)
        entries[index].integers = text.map(Int.init)
      } else if draw.once(in: 15) {
        entries.remove(at: index)
      } else if var integers = entries[index].integers {
        change(&integers, &draw) {
          $0.once(in: 3) ? Int(truncatingIfNeeded: $0.edge()) : $0.below(50) - 2
        }
        entries[index].integers = integers
      } else {
        change(&entries[index].floats, &draw) { $0.pick([0, 1e30, -1, .nan, .infinity, 1e-40]) }
      }
    }
    return ZipFormat.file(entries.map { ($0.name + ".npy", $0.bytes) })
  }

  private static func change<Value>(
    _ values: inout [Value], _ draw: inout Draw, _ other: (inout Draw) -> Value
  ) {
    guard !values.isEmpty else { return }
    let place = draw.below(values.count)
    switch draw.below(5) {
    case 0: values.remove(at: place)
    case 1: values.insert(other(&draw), at: place)
    case 2: values.removeLast(values.count - place)
    default: values[place] = other(&draw)
    }
  }
}
