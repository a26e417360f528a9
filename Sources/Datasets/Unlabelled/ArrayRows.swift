import Storage
import Tensors

/// The rows of a `.npy` file, some of which are in memory at a time: those around the one that was read last.
///
/// Where rows do not lie one after the other (Fortran order), or the array is an entry of a `.npz` file, all of
/// it is held.
final class ArrayRows: SampleSource {
  let ids: [String]
  let labels: [Int]
  let hasWrittenIDs = false
  let sampleShape: Shape

  private let place: String
  private let content: Content
  private var window: (rows: Range<Int>, values: NPYArray)?

  private enum Content {
    case whole(NPYArray)
    case file(HeldFile, NPYHeader)
  }

  /// A file that is read at any place.
  private final class HeldFile {
    let file: ReadableFile

    init(_ path: String) throws { file = try InputFile.open(path) }
  }

  /// So many bytes are read at a time, or one row.
  private static let windowByteCount = 1 << 18
  /// No header of an array of numbers is longer.
  private static let longestHeader = 1 << 16

  /// Opens the array at `path`, `file.npy` or `file.npz:name`, for samples of this shape.
  ///
  /// - Parameter isOne: whether it may be one sample, without an axis of samples.
  init(_ path: String, sampleShape: Shape, isOne: Bool = false) throws {
    let shape: [Int]
    if path.hasSuffix(".npz") || path.contains(".npz:") {
      let array = try NPYArray.open(path, root: "")
      (content, shape) = (.whole(array), array.shape)
    } else {
      let held = try HeldFile(path)
      let count = held.file.byteCount
      let header = try NPYHeader(
        held.file.beginning(min(Self.longestHeader, count))[...], of: count, place: path,
        for: .numbers)
      content = header.isFortran ? .whole(try NPYArray(path: path)) : .file(held, header)
      shape = header.shape
    }
    place = path
    self.sampleShape = sampleShape
    let count = try Self.rowCount(shape, of: sampleShape, isOne: isOne, place: path)
    ids = isOne ? [UnlabelledInput.singleID] : (0..<count).map(String.init)
    labels = [Int](repeating: 0, count: count)
  }

  private static func rowCount(
    _ shape: [Int], of sample: Shape, isOne: Bool, place: String
  ) throws -> Int {
    let axes = sample.dimensions
    if isOne, shape == axes { return 1 }
    let fits = shape.dropFirst() == axes[...] || (shape.count == 1 && axes == [1])
    guard let count = shape.first, fits else {
      throw FileError(
        place, "has the shape \(shape), expected [samples] and then \(axes), as in training")
    }
    guard count > 0 else { throw FileError(place, "has no rows") }
    guard !isOne || count == 1 else {
      throw FileError(place, "has \(count) rows, expected one sample; --data takes many")
    }
    return count
  }

  /// What is held: a window, or all.
  var heldByteCount: Int {
    switch content {
    case .whole(let array): array.count * array.type.byteCount
    case .file: Self.windowByteCount
    }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    let stride = sampleShape.elementCount
    let (values, first) = try values(around: index)
    values.copy((index - first) * stride..<(index - first + 1) * stride, into: &destination)
    if let column = firstNonFinite(in: destination.span) {
      throw FileError(
        place,
        "row \(index), column \(column) is \(destination[column]) as float32, expected finite numbers"
      )
    }
  }

  /// An array with row `index`, and the first of its rows.
  private func values(around index: Int) throws -> (NPYArray, first: Int) {
    switch content {
    case .whole(let array): return (array, 0)
    case .file(let held, let header):
      if let window, window.rows.contains(index) {
        return (window.values, window.rows.lowerBound)
      }
      let values = try window(from: index, of: held, header)
      window = (index..<index + values.shape[0], values)
      return (values, index)
    }
  }

  /// The rows from one on that are read at a time.
  private func window(
    from index: Int, of held: HeldFile, _ header: NPYHeader
  ) throws -> NPYArray {
    let rowBytes = sampleShape.elementCount * header.type.byteCount
    let count = min(max(1, Self.windowByteCount / max(1, rowBytes)), ids.count - index)
    let bytes = try held.file.bytes(at: header.dataOffset + index * rowBytes, count * rowBytes)
    guard bytes.count == count * rowBytes else {
      throw FileError(place, "became shorter while it was read")
    }
    return NPYArray(
      rows: bytes, of: header.type, shape: [count] + sampleShape.dimensions, place: place)
  }
}

/// Samples that are in memory already.
struct MemoryRows: SampleSource {
  let ids: [String]
  let labels: [Int]
  let hasWrittenIDs = false
  let sampleShape: Shape
  private let values: [[Float]]

  /// Throws where a sample has another number of values than its shape.
  init(_ values: [[Float]], sampleShape: Shape) throws {
    for (row, sample) in values.enumerated() where sample.count != sampleShape.elementCount {
      throw FileError(
        "sample \(row)",
        "has \(counted(sample.count, "value")), expected \(sampleShape.elementCount), those of \(sampleShape)"
      )
    }
    self.values = values
    self.sampleShape = sampleShape
    ids = values.indices.map(String.init)
    labels = values.map { _ in 0 }
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    let sample = values[index]
    destination.take(sample.span)
    if let place = firstNonFinite(in: destination.span) {
      throw FileError(
        "sample \(index)", "value \(place) is \(destination[place]), expected a finite number")
    }
  }
}

/// Some rows of another source, under names that a file gives them.
struct NamedRows: SampleSource {
  let ids: [String]
  let labels: [Int]
  private let rows: [Int]?
  private let source: any SampleSource

  /// The rows of `source` that a file names: one id a line, or a CSV file with columns `id,index`.
  init(_ source: any SampleSource, namedBy path: String, of place: String) throws {
    self.source = source
    let count = source.ids.count
    if path.hasSuffix(".csv") {
      let manifest = try Manifest.load(paths: [path], root: "", classes: nil, column: .index)
      rows = try manifest.indices(below: count, in: place)
      ids = manifest.rows.map(\.id)
    } else {
      rows = nil
      ids = try ArraySource.ids(path, root: "", count: count, place)
    }
    labels = [Int](repeating: 0, count: ids.count)
  }

  var sampleShape: Shape { source.sampleShape }
  var heldByteCount: Int { source.heldByteCount }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) throws {
    try source.read(rows?[index] ?? index, into: &destination)
  }
}
