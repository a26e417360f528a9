import Methods
import Storage

extension CaseOptions {
  /// The method of a case, with its options, which stand below its name; alternation unless a case says
  /// otherwise.
  func method() throws -> MethodChoice {
    let name: String = try value("method", default: AlternatingAdaptation.kind)
    guard let method = MethodList.all.first(where: { $0.kind == name }) else {
      throw FileError(
        place,
        "the method '\(name.legible())' is unknown; there are \(MethodList.all.map { $0.kind }.listed)"
      )
    }
    return MethodChoice(try child(name).options(of: method))
  }

  private func options<M: TrainingMethod>(of method: M.Type) throws -> M {
    var found = M()
    for key in keys where !Self.unused.contains(key) {
      guard let option = M.options.first(where: { $0.key == Self.renamed[key] ?? key }) else {
        throw FileError(place, "the option '\(key.legible())' is unknown")
      }
      try read(option, key, into: &found)
    }
    return found
  }

  private func read<M>(_ option: MethodOption<M>, _ key: String, into method: inout M) throws {
    switch option.value {
    case .number(let path, let range):
      method[keyPath: path] = try within(range, try number(key), key)
    case .whole(let path, let range):
      method[keyPath: path] = try within(range, try value(key), key)
    case .toggle(let path): method[keyPath: path] = try value(key)
    case .numbers(let path, let range, let count):
      let values = try numbers(key) ?? []
      guard count ~= values.count else {
        throw FileError(place, "the option '\(key)' has \(values.count) numbers")
      }
      method[keyPath: path] = try values.map { try within(range, $0, key) }
    case .word(let words):
      let word: String = try value(key)
      guard words.names.contains(word) else {
        throw FileError(
          place, "the option '\(key)' is '\(word.legible())', expected one of \(words.names.listed)"
        )
      }
      words.set(&method, word)
    }
  }

  private func within<T>(_ range: ClosedRange<T>, _ value: T, _ key: String) throws -> T {
    guard range ~= value else {
      throw FileError(
        place,
        "the option '\(key)' is \(value), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// What the reference calls otherwise: `kind` is a method's own here.
  private static let renamed = ["kind": "form"]
  /// What the reference knows and no run is asked for: the most rounds of its clustering.
  private static let unused: Set = ["iterations"]
}
