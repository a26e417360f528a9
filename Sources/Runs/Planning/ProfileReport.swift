import Planning

/// A profile as tables for people.
public struct ProfileReport {
  private let profile: Profile

  /// The report of a profile.
  public init(_ profile: Profile) { self.profile = profile }

  /// Says all of it.
  public func say(on console: Console) {
    let machine = profile.machine
    console.say(
      "\(machine.processor), \(machine.cores) cores, \(machine.coreType), \(machine.lanes) · load \(Numerals.decimals(machine.load, 1)) · \(machine.date)"
    )
    console.say("")
    console.say(passes)
    console.say("")
    console.say(modalities)
    console.say("")
    console.say(cores)
    let head = profile.head
    console.say(
      "head of \(head.classes) x \(head.features): the coordinator applies an update in \(Units.time(head.apply.median)) and absorbs it in \(Units.time(head.settle.median))"
    )
  }

  private var passes: TextTable {
    var table = TextTable(["passes", "samples", "forward", "backward", "least", "spread"])
    for modality in profile.modalities {
      for pass in modality.passes {
        table.add([
          modality.name, "\(pass.samples)", Units.time(pass.forward.median),
          Units.time(pass.backward.median),
          Units.time(pass.forward.least + pass.backward.least),
          "\(Numerals.decimals(pass.backward.spread * 100, 1)) %",
        ])
      }
    }
    return table
  }

  private var modalities: TextTable {
    var table = TextTable([
      "modality", "parameters", "step", "head part", "load a sample", "memory",
    ])
    for modality in profile.modalities {
      table.add([
        modality.name, Units.bytes(modality.parameterByteCount), Units.time(modality.step.median),
        Units.time(modality.headPart.median), Units.time(modality.load.median),
        Units.bytes(modality.memory.total),
      ])
    }
    return table
  }

  private var cores: TextTable {
    var table = TextTable(
      ["cores", "copied", "sum and step"]
        + profile.modalities.flatMap { ["\($0.name): threads", "\($0.name): copies"] })
    for point in profile.bandwidth.points {
      let summing = profile.summing.points.first { $0.size == point.size }
      table.add(
        [
          "\(Int(point.size))", Units.rate(point.value),
          summing.map { Units.rate($0.value) } ?? "-",
        ]
          + profile.modalities.flatMap { modality in
            [
              "x \(Numerals.decimals(1 / modality.threads(point.size), 2))",
              modality.slowdown.points.contains { $0.size == point.size }
                ? "x \(Numerals.decimals(modality.slowdown(point.size), 3))" : "-",
            ]
          })
    }
    return table
  }
}
