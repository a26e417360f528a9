import Storage

extension PreparationReport {
  /// The titles of the table's columns.
  public var header: [String] {
    ["part and class", "listed", "complete"]
      + media.flatMap { ["\($0.rawValue) missing", "broken"] } + ["listed again"]
  }

  /// The rows of the table: each part, then its classes.
  public var rows: [[String]] {
    parts.flatMap { part in
      [row("\(part.rawValue), all", tally(part))]
        + classes.map { row("\(part.rawValue), \($0.legible())", tally(part, $0)) }
    }
  }

  private func row(_ title: String, _ tally: SampleTally) -> [String] {
    [title, "\(tally.listed)", "\(tally.complete)"]
      + media.flatMap { ["\(tally.missing[$0] ?? 0)", "\(tally.broken[$0] ?? 0)"] }
      + ["\(tally.duplicates)"]
  }

  /// What there is to say beside the table, a line each.
  public var remarks: [String] {
    ["split: \(rule)"] + index.notes + leaks + leftOut + listed
  }

  private var leaks: [String] {
    var lines: [String] = []
    if sharedGroups > 0 {
      lines.append(
        "this split leaks: \(counted(sharedGroups, groupNoun)) in several parts;"
          + " --grouped makes one that does not")
    }
    if commonTexts > 0 {
      lines.append(
        "\(counted(commonTexts, "text")) of the test part stand in the train part too")
    }
    return lines
  }

  private var leftOut: [String] {
    var lines = index.dropped.sorted { $0.key.precedes($1.key) }.map {
      "left out: \(counted($0.value, "sample")), \($0.key)"
    }
    if inNoPart > 0 { lines.append("left out: \(counted(inNoPart, "sample")) that no list names") }
    lines += lists(index.oddNames, "odd name in label files", "odd names in label files")
    lines += lists(
      division.unknown, "name in lists that the set does not have",
      "names in lists that the set does not have")
    lines += lists(
      division.otherLabels, "label in lists that differs from the set's, which is kept",
      "labels in lists that differ from the set's, which are kept")
    return lines
  }

  private func lists(_ found: [SetIndex.Oddity], _ one: String, _ many: String) -> [String] {
    guard let first = found.first else { return [] }
    return [
      "\(found.count) \(found.count == 1 ? one : many), the first: '\(first.name.legible())' at"
        + " \(first.place)"
    ]
  }

  /// The kinds of faults with their counts, and the first file of each.
  private var listed: [String] {
    let counts = faultCounts
    return Fault.Kind.allCases.compactMap { kind in
      guard let count = counts[kind], let first = faults.first(where: { $0.fault.kind == kind })
      else { return nil }
      return "broken, \(kind.rawValue): \(counted(count, "file")), the first: \(first.fault.path)"
        + " \(first.fault.problem)"
    }
  }
}
