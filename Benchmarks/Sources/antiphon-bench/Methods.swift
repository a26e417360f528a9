import Glibc
import Measuring
import Methods

/// A cycle of every method beside that of plain joint training, or of separate models: on the same encoders, by
/// turns, so that what disturbs one disturbs the others.
///
/// The environment says which: `CASE`, `METHODS` and `ROUNDS`; `MARKDOWN` has tables as documents have them.
func methods(_ bench: Bench) throws {
  let cases = try words("CASE").map { word in
    guard let subject = MethodCase(rawValue: word) else {
      let known = MethodCase.allCases.map(\.rawValue).joined(separator: ", ")
      throw BenchmarkError("there is no case '\(word)', only \(known)")
    }
    return subject
  }
  let kinds = words("METHODS")
  let known = MethodList.all.map { $0.kind }
  if let unknown = kinds.first(where: { !known.contains($0) }) {
    throw BenchmarkError(
      "there is no method '\(unknown)', only \(known.joined(separator: ", "))")
  }
  let wanted = MeasuredMethod.all.filter { kinds.isEmpty || kinds.contains($0.choice.kind) }
  let references = Set(wanted.map(\.reference))
  let chosen = MeasuredMethod.all.filter { method in
    references.contains(method.name) || wanted.contains { $0.name == method.name }
  }
  for subject in cases.isEmpty ? MethodCase.allCases : cases {
    let rounds = words("ROUNDS").first.flatMap { Int($0) } ?? subject.rounds
    let times = try measure(chosen, subject, rounds: max(1, rounds), bench)
    if bench.rank == 0 { report(chosen, times, subject) }
  }
}

private func measure(
  _ methods: [MeasuredMethod], _ subject: MethodCase, rounds: Int, _ bench: Bench
) throws -> [String: CycleTimes] {
  var times: [String: CycleTimes] = [:]
  for round in 0..<rounds {
    // Each round begins with another, so that none has a place of its own.
    for place in methods.indices {
      let method = methods[(place + round) % methods.count]
      try times[method.name, default: CycleTimes()].add(subject.run(method.choice), bench)
    }
  }
  return times
}

private func report(
  _ methods: [MeasuredMethod], _ times: [String: CycleTimes], _ subject: MethodCase
) {
  let rows = methods.compactMap { method -> [String]? in
    guard let own = times[method.name], let other = times[method.reference] else { return nil }
    let ratios = [\CycleTimes.alone, \.ranks].map { own.ratios(to: other, $0) }
    let isReference = method.name == method.reference
    func cells(_ times: [Double], _ ratios: Times) -> [String] {
      [
        decimals(Times(times).median * 1e3, 2) + " ms",
        isReference ? "1" : spread(ratios, digits: 2),
      ]
    }
    let isReached = ratios.allSatisfy { ratio in method.bar.map { ratio.median <= $0 } ?? true }
    return [method.name] + cells(own.alone, ratios[0]) + cells(own.ranks, ratios[1])
      + [
        method.bar.map { "\($0)" } ?? "", method.bar == nil ? "" : isReached ? "reached" : "MISSED",
      ]
  }
  let header = ["method", "one process", "ratio", "over ranks", "ratio", "bar", "both"]
  print("  \(subject.description): a cycle, processor time in one process and time over ranks,")
  print("  and beside joint_concat's, or mla's beside separate's, of the same round")
  if words("MARKDOWN").isEmpty {
    printTable(header, rows)
  } else {
    printMarkdown(header, rows)
  }
}

/// The middle of some values, and their range.
func spread(_ values: Times, digits: Int) -> String {
  "\(decimals(values.median, digits)) (\(decimals(values.quantile(0), digits))-"
    + "\(decimals(values.quantile(1), digits)))"
}

/// The words of a variable of the environment.
private func words(_ variable: String) -> [String] {
  getenv(variable).map { String(cString: $0).split(separator: " ").map(String.init) } ?? []
}
