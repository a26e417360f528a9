import Coordinator
import Exchange
import Storage

/// What an audit has found, for people and for scripts.
struct AuditReport {
  private let audit: SplitAudit
  private let classes: [String]
  private let notes: [String]

  /// The most classes that people are shown the counts of.
  private static let mostClasses = 20

  /// - Parameters:
  ///   - classes: their names.
  ///   - notes: what could not be looked at, a sentence each.
  init(_ audit: SplitAudit, classes: [String], notes: [String] = []) {
    (self.audit, self.classes, self.notes) = (audit, classes, notes)
  }

  /// Says the classes of each split, then a row for each finding, then what each kind means.
  func say(on console: Console) {
    if !audit.balances.isEmpty {
      console.say(balance)
      console.say()
    }
    for line in leftOut + notes { console.say(line) }
    if !(leftOut + notes).isEmpty { console.say() }
    guard !audit.findings.isEmpty else {
      return console.say("found nothing")
    }
    console.say(table)
    console.say()
    var said: Set<String> = []
    for finding in audit.findings where said.insert(finding.sentence).inserted {
      console.say("\(finding.kind.rawValue): \(finding.sentence)")
    }
  }

  private var balance: TextTable {
    var table = TextTable(["class"] + audit.balances.map(\.name))
    for (label, name) in classes.enumerated().prefix(Self.mostClasses) {
      table.add(
        [name.legible()]
          + audit.balances.map {
            let share = Double($0.counts[label]) / Double(max(1, $0.total))
            return
              "\(Numerals.grouped($0.counts[label])) (\(Numerals.decimals(100 * share, 1)) %)"
          })
    }
    if classes.count > Self.mostClasses {
      table.add(["and \(classes.count - Self.mostClasses) more"] + audit.balances.map { _ in "" })
    }
    table.add(["all"] + audit.balances.map { Numerals.grouped($0.total) })
    return table
  }

  /// What was not compared.
  private var leftOut: [String] {
    audit.leftOut.map { modality, blank, short in
      var parts: [String] = []
      if blank > 0 {
        parts.append(
          "\(Numerals.counted(blank, "sample", "samples")) with one value everywhere")
      }
      if short > 0 { parts.append("\(Numerals.counted(short, "text", "texts")) of few tokens") }
      return "not compared, of modality \(modality): \(parts.joined(separator: " and "))"
    }
  }

  private var table: TextTable {
    var table = TextTable(["finding", "split", "modality", "found", "such as"])
    for finding in audit.findings {
      let found = finding.count.map { count in
        Numerals.grouped(count) + (finding.total.map { " of \(Numerals.grouped($0))" } ?? "")
      }
      table.add([
        finding.kind.rawValue, finding.split?.rawValue ?? "-", finding.modality ?? "-",
        found ?? "-",
        finding.examples.first.map {
          $0.map { $0.legible() }.joined(separator: Self.relation(finding.kind))
        } ?? "-",
      ])
    }
    return table
  }

  /// What stands between the two sides of an example.
  private static func relation(_ kind: AuditFinding.Kind) -> String {
    switch kind {
    case .nearTexts: " ~ "
    case .idsApart: " / "
    case .knownLabels: " > "
    default: " = "
    }
  }

  /// All of it.
  var json: JSONValue {
    [
      "version": 1,
      "splits": .named(audit.balances) { balance in
        (
          balance.name,
          [
            "samples": .integer(balance.total),
            "classes": .list(
              zip(classes, balance.counts).map {
                ["class": .text($0), "samples": .integer($1)]
              }),
          ]
        )
      },
      "groups": .integer(audit.groupCount),
      "not_compared": .list(
        audit.leftOut.map {
          ["modality": .text($0), "blank": .integer($1), "short": .integer($2)]
        }),
      "notes": .list(notes.map { .text($0) }),
      "findings": .list(
        audit.findings.map { finding in
          [
            "kind": .text(finding.kind.rawValue),
            "split": finding.split.map { .text($0.rawValue) } ?? .null,
            "modality": finding.modality.map { .text($0) } ?? .null,
            "count": finding.count.map { .integer($0) } ?? .null,
            "of": finding.total.map { .integer($0) } ?? .null,
            "examples": .list(finding.examples.map { .list($0.map { .text($0) }) }),
            "sentence": .text(finding.sentence),
          ]
        }),
    ]
  }
}
