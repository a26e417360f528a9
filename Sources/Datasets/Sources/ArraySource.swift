import Storage
import Tensors

/// One row a sample in a `.npy` file or an array of a `.npz` file.
///
/// The file's bytes are read once and kept; a row becomes float32 when it is read.
public struct ArraySource: SampleSource {
  /// The ids of the rows used, from the id file, the manifest or the rows' numbers.
  public let ids: [String]
  /// One label a sample, from 0.
  public let labels: [Int]
  /// Whether the ids are not just the rows' numbers.
  public let hasWrittenIDs: Bool
  /// The group of each sample, or none at all.
  public let groups: [String]
  /// The shape of one row; `[1]` where the array has one axis.
  public let sampleShape: Shape

  private let values: NPYArray
  /// The row of each sample.
  private let rows: [Int]

  /// Opens one split and checks it whole: counts, labels, ids, and that every value is finite.
  public init(_ split: ArraySplit, root: String, classes: [String]) throws {
    values = try NPYArray.open(split.values, root: root)
    let place = values.place
    guard let rowCount = values.shape.first else {
      throw FileError(place, "is a single value, expected [samples, values]")
    }
    guard rowCount > 0 else { throw FileError(place, "has no rows") }
    guard values.count > 0 else { throw FileError(place, "has rows without values") }
    hasWrittenIDs = split.manifest != nil || split.ids != nil
    sampleShape = values.shape.count == 1 ? [1] : Shape(Array(values.shape.dropFirst()))
    switch (split.manifest, split.labels) {
    case (let manifest?, nil) where split.ids == nil:
      let listed = try Manifest.load(
        paths: [manifest], root: root, classes: classes, column: .index)
      rows = try listed.indices(below: rowCount, in: place)
      ids = listed.rows.map(\.id)
      labels = listed.rows.map(\.label)
      groups = listed.rows.groups
    case (nil, let file?):
      rows = Array(0..<rowCount)
      labels = try ArraySource.labels(file, root: root, classes: classes, count: rowCount, place)
      ids =
        try split.ids.map { try ArraySource.ids($0, root: root, count: rowCount, place) }
        ?? rows.map(String.init)
      groups = []
    case (nil, nil): throw FileError(place, "has neither labels nor a manifest")
    default: throw FileError(place, "has a manifest besides labels or ids; give one or the other")
    }
    try refuseNonFinite()
  }

  /// All rows of the file, used or not.
  public var heldByteCount: Int { values.count * values.type.byteCount }

  /// Writes sample `index` as float32.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    let start = rows[index] * sampleShape.elementCount
    values.copy(start..<(start + sampleShape.elementCount), into: &destination)
  }

  /// Opens both splits.
  static func open(
    _ options: ArrayOptions, root: String, classes: [String]
  ) throws -> ModalityData {
    let train = try ArraySource(options.train, root: root, classes: classes)
    guard let split = options.test else {
      return ModalityData(train: train, test: EmptySource(sampleShape: train.sampleShape))
    }
    let test = try ArraySource(split, root: root, classes: classes)
    guard test.sampleShape == train.sampleShape else {
      throw FileError(
        test.values.place,
        "has samples of \(test.sampleShape) values, but the training samples in"
          + " \(train.values.place) have \(train.sampleShape)")
    }
    return ModalityData(train: train, test: test)
  }

  private func refuseNonFinite() throws {
    var sample = [Float](repeating: 0, count: sampleShape.elementCount)
    for (index, row) in rows.enumerated() {
      try LongWork.step()
      var room = sample.mutableSpan
      read(index, into: &room)
      if let column = firstNonFinite(in: sample.span) {
        throw FileError(
          values.place,
          "row \(row), column \(column) is \(sample[column]) as float32, expected"
            + " finite numbers; repair or leave out such samples")
      }
    }
  }

  private static func labels(
    _ file: String, root: String, classes: [String], count: Int, _ valuesPlace: String
  ) throws -> [Int] {
    let array = try NPYArray.open(file, root: root, for: .labels)
    guard array.shape.count == 1 else {
      throw FileError(
        array.place, "has the shape \(array.shape), expected one label a sample, [\(count)]")
    }
    guard array.count == count else {
      throw FileError(
        array.place,
        "holds \(counted(array.count, "label")), but \(valuesPlace) has"
          + " \(counted(count, "row"))")
    }
    return try LabelReader(classes: classes).labels(of: array)
  }

  static func ids(
    _ file: String, root: String, count: Int, _ valuesPlace: String
  ) throws -> [String] {
    let path = InputFile.resolve(file, root: root)
    let ids = try IDList.parse(InputFile.read(path), place: path)
    guard ids.count == count else {
      throw FileError(
        path, "holds \(counted(ids.count, "id")), but \(valuesPlace) has \(counted(count, "row"))")
    }
    return ids
  }
}

extension Manifest {
  /// The index column, every row of it below `count`, which is what `place` holds.
  func indices(below count: Int, in place: String) throws -> [Int] {
    try rows.map { row in
      guard let index = row.index, index < count else {
        throw FileError(
          row.place,
          "the index is \(row.value.legible()), but \(place) has \(counted(count, "row")) (from 0)")
      }
      return index
    }
  }
}
