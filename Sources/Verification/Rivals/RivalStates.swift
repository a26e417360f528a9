import Storage
import Tensors

/// What a side of a method remembers, by the names that the reference has for it.
struct RivalStates {
  /// The modality, whose number names of arrays have; nil: the coordinator's side.
  let modality: Int?
  let states: [NamedState]

  /// An array of the reference, with the values that it stands for.
  private struct Entry {
    let name: String
    let state: NamedState
    /// The velocities of all values of the same container, and where the state's begin.
    let velocity: (state: NamedState, first: Int)?
  }

  /// The names of the reference's arrays, each with what a side may call them: the first that it has counts.
  private var names: [(name: String, states: [String])] {
    guard let modality else {
      var names: [(name: String, states: [String])] = [
        ("slice.b", ["bias"]), ("out.W", ["out.weight"]), ("out.b", ["out.bias"]),
        ("head.W", ["head.weight", "weight"]), ("head.b", ["head.bias"]), ("boost", ["boost"]),
      ]
      for other in 0..<Self.mostModalities {
        names.append(("map\(other).b", ["map\(other).bias"]))
      }
      return names
    }
    return [
      ("slice\(modality).W", ["weight"]), ("own\(modality).W", ["own.weight", "weight"]),
      ("own\(modality).b", ["own.bias", "bias"]), ("map\(modality).W", ["weight"]),
    ]
  }

  private static let mostModalities = 64

  /// What there is of these arrays, of those that a case begins with.
  private func entries(_ given: Set<String>) -> [Entry] {
    names.compactMap { name, candidates in
      let found = candidates.compactMap { wanted in states.first { $0.name == wanted } }
      guard given.contains(name), let state = found.first else { return nil }
      return Entry(name: name, state: state, velocity: velocity(of: state))
    }
  }

  private func velocity(of state: NamedState) -> (state: NamedState, first: Int)? {
    let container = state.name.split(separator: ".").dropLast().map { $0 + "." }.joined()
    guard let velocity = states.first(where: { $0.name == "\(container)optimizer.velocity" })
    else { return nil }
    let first = states.prefix { $0.name != state.name }.filter { other in
      other.element == .float32 && other.name.hasPrefix(container)
        && !other.name.dropFirst(container.count).contains(".")
    }
    return (velocity, first.reduce(0) { $0 + $1.shape.elementCount })
  }

  /// Takes the first values that a case has.
  func begin(_ oracle: OracleCase) throws {
    for entry in entries(Set(oracle.initialNames)) {
      let array = try oracle.file.array("init.\(entry.name)")
      guard array.count == entry.state.shape.elementCount else {
        throw FileError(
          array.place,
          "has \(counted(array.count, "value")), but the case's options need \(entry.state.shape)")
      }
      entry.state.restore(try array.floats())
    }
  }

  /// The values at the end, with their velocities, as the reference names them; and what else its cases know.
  func finals(_ oracle: OracleCase) -> [(name: String, values: [Double])] {
    var finals: [(name: String, values: [Double])] = []
    for entry in entries(Set(oracle.initialNames).union(Self.optioned)) {
      let values = entry.state.doubles
      finals.append((entry.name, values))
      guard let (velocity, first) = entry.velocity else { continue }
      finals.append(
        ("velocity.\(entry.name)", Array(velocity.doubles[first..<first + values.count])))
    }
    for state in states where Self.others.contains(state.name) {
      finals.append((state.name, state.doubles))
    }
    return finals
  }

  /// What begins as an option says.
  private static let optioned: Set = ["boost"]
  /// What methods remember that cases know by the same name.
  static let others: Set = ["tau", "history", "proto"]
}

extension OracleCase {
  /// The names of the arrays that a case begins with, without the encoders'.
  var initialNames: [String] {
    file.names.filter { $0.hasPrefix("init.") }.map { String($0.dropFirst(5)) }
  }
}

extension NamedState {
  /// The values in float64.
  fileprivate var doubles: [Double] {
    switch element {
    case .float32: values(of: Float.self)?.map(Double.init) ?? []
    case .float64: values(of: Double.self) ?? []
    case .integer: values(of: Int64.self)?.map(Double.init) ?? []
    }
  }
}
