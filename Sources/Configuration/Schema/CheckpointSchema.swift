import Storage

/// The keys that say when checkpoints are written.
enum CheckpointSchema {
  static let section = Section<CheckpointOptions>(fields: [
    Field(
      "every", \.every, interval,
      "how often a checkpoint is written, `500 cycles`, `2 epochs` or `10 minutes`; one is written at "
        + "the end in any case, and when the run is asked to end"),
    Field("keep", \.keep, .count(to: 1_000), "how many checkpoints are kept: the last ones"),
  ])

  /// `execution.save_every`, as it was called before.
  static let saveEvery = Field<RunConfiguration>(
    key: "save_every", expected: seconds.expected,
    meaning: "an older name of `checkpoint.every`, in seconds; 0: every epoch",
    defaultText: "not set", shape: { _ in seconds.shape },
    read: { node, run, scope in
      let given = try seconds.read(node, scope)
      run.checkpoint.every = given == 0 ? .epochs(1) : .seconds(given.rounded(.up))
    },
    write: { _, _ in nil })

  /// Throws where both names are used.
  static func check(_ node: ConfigurationNode) throws {
    guard let old = node["execution"]?["save_every"], node["checkpoint"]?["every"] != nil else {
      return
    }
    throw old.error("found beside checkpoint.every, which says the same, expected one of the two")
  }

  private static let seconds = Codec<Double>.number(from: 0, to: 1e6)

  /// The words of the unit, each with what one of it is in the unit that counts.
  private enum Unit: String, CaseIterable {
    case cycle, cycles, epoch, epochs, second, seconds, minute, minutes, hour, hours

    func interval(_ count: Int) -> CheckpointOptions.Interval {
      switch self {
      case .cycle, .cycles: .cycles(count)
      case .epoch, .epochs: .epochs(count)
      case .second, .seconds: .seconds(Double(count))
      case .minute, .minutes: .seconds(Double(count) * 60)
      case .hour, .hours: .seconds(Double(count) * 3600)
      }
    }
  }

  private static let interval = Codec<CheckpointOptions.Interval>(
    expected: "a count and a unit, such as 500 cycles, 1 epoch or 10 minutes",
    shape: .text("^ *\\+?[0-9]+ +(\(Unit.allCases.map(\.rawValue).joined(separator: "|"))) *$"),
    parse: { node, _ in
      let words = (node.text ?? "").split(separator: " ")
      guard words.count == 2, let count = Int(words[0]), 1...1_000_000_000 ~= count,
        let unit = Unit(rawValue: String(words[1]))
      else { return nil }
      return unit.interval(count)
    },
    write: { interval, _ in
      func words(_ count: Int, _ unit: String) -> String {
        "\(count) \(unit)\(count == 1 ? "" : "s")"
      }
      switch interval {
      case .cycles(let count): return words(count, "cycle")
      case .epochs(let count): return words(count, "epoch")
      case .seconds(let seconds):
        let whole = Int(seconds.rounded(.up))
        return whole % 60 == 0 && whole > 0 ? words(whole / 60, "minute") : words(whole, "second")
      }
    })
}
