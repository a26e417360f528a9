/// What a method decided: some numbers under a name, of one mini-batch or on the average of some.
public struct MethodNote: Sendable, Equatable {
  /// What tables and files call it.
  public var name: String
  /// The numbers; NaN where there was nothing to decide.
  public var values: [Double]

  /// Numbers under a name.
  public init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
}

extension Fields {
  /// Some notes, with their number.
  public func field(_ notes: inout [MethodNote]) throws {
    var names = notes.map(\.name)
    var counts = notes.map(\.values.count)
    var values = notes.flatMap(\.values)
    try field(&names)
    try field(&counts)
    try field(&values)
    guard isReading else { return }
    try require(
      names.count == counts.count && counts.allSatisfy { 0...values.count ~= $0 }
        && counts.reduce(0, +) == values.count)
    var start = 0
    notes = zip(names, counts).map { name, count in
      defer { start += count }
      return MethodNote(name, Array(values[start..<start + count]))
    }
  }
}
