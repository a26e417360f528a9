import Storage

extension PreparationReport {
  /// The whole report for scripts: `report.json`.
  public var json: JSONValue {
    [
      "set": .text(set), "folder": .text(folder),
      "classes": .list(classes.map { .text($0) }), "media": .list(media.map { .text($0.rawValue) }),
      "split": [
        "rule": .text(rule), "group": .text(groupNoun),
        "groups_in_several_parts": .integer(sharedGroups),
        "test_texts_in_train": .integer(commonTexts), "samples_in_no_part": .integer(inNoPart),
      ],
      "counts": .named(parts) { part in
        (part.rawValue, .named(classes) { ($0, tally(part, $0).json) })
      },
      "broken": .list(
        faults.map {
          [
            "id": .text($0.id), "medium": .text($0.medium.rawValue),
            "kind": .text($0.fault.kind.rawValue), "path": .text($0.fault.path),
            "problem": .text($0.fault.problem),
          ]
        }),
      "missing": .list(
        absences.map {
          [
            "id": .text($0.id), "medium": .text($0.medium.rawValue),
            "path": $0.path.map { .text($0) } ?? .null,
          ]
        }),
      "dropped": .named(index.dropped) { ($0.key, .integer($0.value)) },
      "duplicates": .named(
        index.duplicates.merging(division.duplicates, uniquingKeysWith: +)
      ) { ($0.key, .integer($0.value)) },
      "odd_names": json(index.oddNames), "unknown_in_lists": json(division.unknown),
      "other_labels_in_lists": json(division.otherLabels),
      "notes": .list(index.notes.map { .text($0) }),
    ]
  }

  private func json(_ oddities: [SetIndex.Oddity]) -> JSONValue {
    .list(oddities.map { ["place": .text($0.place), "name": .text($0.name)] })
  }
}

extension SampleTally {
  fileprivate var json: JSONValue {
    [
      "listed": .integer(listed), "complete": .integer(complete),
      "missing": json(missing), "broken": json(broken), "written": json(written),
      "duplicates": .integer(duplicates),
    ]
  }

  private func json(_ counts: [Medium: Int]) -> JSONValue {
    .named(counts) { ($0.key.rawValue, .integer($0.value)) }
  }
}
