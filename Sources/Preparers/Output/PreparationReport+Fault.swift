import Storage

extension PreparationReport {
  /// Why no manifests can be made; nil: they can. A part, or a class in a part, that nothing is left of,
  /// would only be found when a run has been trained.
  var fault: FileError? {
    guard let problem = emptyPart ?? emptyMedium ?? emptyClass else { return nil }
    return FileError(folder, problem)
  }

  private var emptyPart: String? {
    guard let part = parts.first(where: { tally($0).listed == 0 }) else { return nil }
    return "the \(part.rawValue) part has no samples (\(rule)); split the set otherwise"
  }

  private var emptyMedium: String? {
    for medium in media {
      for part in parts where tally(part).written[medium] == nil {
        let rest = media.filter { $0 != medium }.map(\.rawValue).joined(separator: ",")
        let way = rest.isEmpty ? "" : "; --media \(rest) leaves \(medium.rawValue) out"
        return "the \(part.rawValue) part has no \(medium.rawValue) that can be used:"
          + " \(reasons(tally(part), medium))\(way)"
      }
    }
    return nil
  }

  private var emptyClass: String? {
    let empty = parts.flatMap { part in
      classes.compactMap { label in
        media.first { tally(part, label).written[$0] == nil }.map { (part, label, $0) }
      }
    }
    guard let (part, label, medium) = empty.first else { return nil }
    let counts = tally(part, label)
    let subject = "class '\(label.legible())'"
    let others = empty.count > 1 ? " (and \(empty.count - 1) more like it)" : ""
    guard counts.listed > 0 else {
      return
        "\(subject) has no samples in the \(part.rawValue) part\(others); split the set otherwise, or"
        + " name the classes that are wanted with --classes FILE"
    }
    return "\(subject) has no \(medium.rawValue) in the \(part.rawValue) part that can be used:"
      + " \(reasons(counts, medium))\(others)"
  }

  private func reasons(_ tally: SampleTally, _ medium: Medium) -> String {
    let (missing, broken) = (tally.missing[medium] ?? 0, tally.broken[medium] ?? 0)
    let rest = tally.listed - missing - broken
    let incomplete = rest > 0 ? ", \(rest) incomplete" : ""
    return "of \(tally.listed) listed, \(missing) are missing, \(broken) broken\(incomplete)"
  }
}
