import Runs
import Statistics

/// Runs that differ in their seeds alone: what they have in common is told as a mean with its spread.
struct RunGroup {
  /// What it is called on the page.
  let label: String
  /// Its runs.
  let runs: [RunRecord]

  /// Runs as groups, in the order in which the first of each comes.
  static func all(of runs: [RunRecord]) -> [RunGroup] {
    var groups: [(key: String, runs: [RunRecord])] = []
    for run in runs {
      let key = key(of: run)
      if let known = groups.firstIndex(where: { $0.key == key }) {
        groups[known].runs.append(run)
      } else {
        groups.append((key, [run]))
      }
    }
    let methods = groups.map { $0.runs[0].method }
    let saysAll = Set(methods).count == groups.count && !methods.contains(nil)
    var used: [String: Int] = [:]
    if saysAll { groups.sort { Self.rank($0.runs[0]) < Self.rank($1.runs[0]) } }
    return groups.map { group in
      var label = saysAll ? group.runs[0].method ?? "" : name(of: group.runs)
      used[label, default: 0] += 1
      if let count = used[label], count > 1 { label += " (\(count))" }
      return RunGroup(label: Shown.plain(label), runs: group.runs)
    }
  }

  /// Where a method stands: joint training, which is to be compared with, before all others, alternation last.
  private static func rank(_ run: RunRecord) -> (Int, String) {
    let method = run.method ?? ""
    let place = method.hasPrefix("joint") ? 0 : method == "separate" ? 1 : method == "mla" ? 3 : 2
    return (place, method)
  }

  /// The configuration without what tells one seed, or one machine, from another.
  private static func key(of run: RunRecord) -> String {
    guard let text = run.configurationText else { return run.folder }
    return text.split(separator: "\n").filter {
      !$0.hasPrefix("seed:") && !$0.hasPrefix("  root:") && !$0.hasPrefix("#")
    }.joined(separator: "\n")
  }

  /// The folder of a single run, or the one that several have in common.
  private static func name(of runs: [RunRecord]) -> String {
    guard runs.count > 1 else { return runs[0].name }
    let parents = Set(runs.map { $0.folder.split(separator: "/").dropLast().last ?? "" })
    return parents.count == 1
      ? String(parents.first ?? "") : "\(runs[0].method ?? "runs") \(runs[0].name)"
  }

  /// The numbers of the runs that have one, with their mean and deviation; nil: none has.
  func moments(_ value: (RunRecord) -> Double?) -> Moments? {
    let values = runs.compactMap(value)
    return values.isEmpty ? nil : Moments(values)
  }

  /// The accuracy of the fusion at the end of each run, 0 to 1.
  var fused: Moments? {
    moments { run in run.primary.flatMap { RunPage(run).last.fused[$0]?.accuracy } }
  }

  /// The accuracy of a modality alone.
  func alone(_ name: String) -> Moments? {
    moments { RunPage($0).last.modalities[name]?.accuracy }
  }
}
