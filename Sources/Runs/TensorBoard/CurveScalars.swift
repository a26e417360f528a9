import Storage

/// The numbers of a line of `metrics.jsonl` under the names that TensorBoard groups curves by.
///
/// What stands under a modality, a fusion or a loss is grouped by what it measures: `loss/training/audio`,
/// `accuracy/test/audio`, `accuracy/test/fused energy`. All else is called by its keys: `head/gradient_ratio`.
enum CurveScalars {
  /// The epoch, and its numbers by name, in the order of their names. What is null, or no number, has none.
  static func of(_ line: JSONValue) -> (epoch: Int, scalars: [(tag: String, value: Double)]) {
    guard case .object(let members) = line else { return (0, []) }
    var epoch = 0
    if case .integer(let number)? = members["epoch"] { epoch = number }
    var scalars: [(tag: String, value: Double)] = []
    add(members.filter { $0.key != "epoch" }, to: &scalars, path: [])
    return (epoch, scalars.sorted { $0.tag < $1.tag })
  }

  private static func add(
    _ members: [String: JSONValue], to scalars: inout [(tag: String, value: Double)],
    path: [String]
  ) {
    var split = path.last ?? "evaluation"
    if case .text(let name)? = members["split"] { split = name }
    for (key, value) in members {
      switch (key, value) {
      case ("training", .object(let named)):
        group(named, "training", prefix: "", to: &scalars)
      case ("modalities", .object(let named)): group(named, split, prefix: "", to: &scalars)
      case ("fused", .object(let named)): group(named, split, prefix: "fused ", to: &scalars)
      default: add(value, path + [key], to: &scalars)
      }
    }
  }

  /// Several things of a kind, each with some measures.
  private static func group(
    _ named: [String: JSONValue], _ split: String, prefix: String,
    to scalars: inout [(tag: String, value: Double)]
  ) {
    for (name, measures) in named {
      guard case .object(let measures) = measures else { continue }
      for (measure, value) in measures {
        add(value, [measure, split, prefix + name], to: &scalars)
      }
    }
  }

  private static func add(
    _ value: JSONValue, _ path: [String], to scalars: inout [(tag: String, value: Double)]
  ) {
    let tag = path.joined(separator: "/")
    switch value {
    case .integer(let number): scalars.append((tag, Double(number)))
    case .unsigned(let number): scalars.append((tag, Double(number)))
    case .number(let number) where number.isFinite: scalars.append((tag, number))
    case .list(let values):
      for (place, value) in values.enumerated() { add(value, path + ["\(place)"], to: &scalars) }
    case .object(let members): add(members, to: &scalars, path: path)
    case .number, .text, .flag, .null: break
    }
  }
}
