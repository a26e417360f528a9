import Exchange
import Tensors

/// The name of a note, and how many numbers it has.
public struct NoteShape: Sendable, Equatable {
  /// What tables and files call it.
  public let name: String
  /// How many numbers it has.
  public let count: Int

  /// So many numbers under a name.
  public init(_ name: String, _ count: Int = 1) { (self.name, self.count) = (name, count) }
}

/// Means of what a method tells of its mini-batches: an epoch's, which a run that goes on in its middle must
/// not forget.
public final class NoteMeans {
  private let shapes: [NoteShape]
  private let sums: Buffer<Double>
  private let counts: Buffer<Int64>

  /// Means of notes of these shapes; others are not counted.
  public init(_ shapes: [NoteShape]) {
    self.shapes = shapes
    let count = shapes.reduce(0) { $0 + $1.count }
    (sums, counts) = (Buffer(count), Buffer(count))
  }

  /// Counts the notes of a mini-batch; what is not a number is left out.
  public func add(_ notes: [MethodNote]) {
    var start = 0
    for shape in shapes {
      let found = notes.first { $0.name == shape.name && $0.values.count == shape.count }
      for (place, value) in (found?.values ?? []).enumerated() where value.isFinite {
        sums[start + place] += value
        counts[start + place] += 1
      }
      start += shape.count
    }
  }

  /// The means since the last time; NaN where there was nothing.
  public func finish() -> [MethodNote] {
    var start = 0
    let notes = shapes.map { shape in
      defer { start += shape.count }
      return MethodNote(
        shape.name, (start..<start + shape.count).map { sums[$0] / Double(counts[$0]) })
    }
    sums.update(repeating: 0)
    counts.update(repeating: 0)
    return notes
  }

  /// Sums and numbers.
  public var state: [NamedState] {
    guard sums.count > 0 else { return [] }
    return [
      NamedState("sums", [sums.count], sums), NamedState("counts", [counts.count], counts),
    ]
  }
}
