import Storage
import Tensors

/// Images of an IDX file: `[height, width, 1]`, 0 … 1.
///
/// The bytes are kept as they are, a quarter of their size as floats, and resized when they are read.
public struct ImageSource: SampleSource {
  /// The ids of the images used, from the manifests or the images' numbers.
  public let ids: [String]
  /// One label a sample, from 0.
  public let labels: [Int]
  /// Whether the ids come from manifests.
  public let hasWrittenIDs: Bool
  /// The group of each sample, or none at all.
  public let groups: [String]
  /// `[height, width, 1]`, after resizing.
  public let sampleShape: Shape

  private let images: IDXFile
  /// One image as it is in the file, and what gives it another size.
  private let resizing: (original: Buffer<Float>, resizer: PictureResizer)?
  /// The image of each sample.
  private let rows: [Int]

  /// Opens one split: all images with a label file, or those that manifests list.
  ///
  /// - Parameter classes: the names of the classes; nil: nobody asks for labels, and all images are meant.
  public init(
    _ split: ImageOptions.Split, root: String, classes: [String]?, resize size: PictureSize? = nil
  ) throws {
    let path = InputFile.resolve(split.images, root: root)
    images = try IDXFile(path: path, .images)
    let count = images.dimensions[0]
    hasWrittenIDs = !split.manifests.isEmpty
    let original = PictureSize(height: images.dimensions[1], width: images.dimensions[2])
    let shown = size ?? original
    sampleShape = [shown.height, shown.width, 1]
    resizing =
      shown == original
      ? nil
      : (
        Buffer(original.height * original.width),
        PictureResizer(from: original, to: shown)
      )
    guard let classes else {
      rows = Array(0..<count)
      ids = rows.map(String.init)
      labels = rows.map { _ in 0 }
      groups = []
      return
    }
    switch (split.labels, split.manifests.isEmpty) {
    case (nil, false):
      let manifest = try Manifest.load(
        paths: split.manifests, root: root, classes: classes, column: .index)
      rows = try manifest.indices(below: count, in: path)
      ids = manifest.rows.map(\.id)
      labels = manifest.rows.map(\.label)
      groups = manifest.rows.groups
    case (let file?, true):
      rows = Array(0..<count)
      ids = rows.map(String.init)
      groups = []
      labels = try ImageSource.labels(
        InputFile.resolve(file, root: root), classes: classes, count: count, images: path)
    case (nil, true): throw FileError(path, "has neither labels nor a manifest")
    case (_?, false):
      throw FileError(path, "has a manifest besides labels; give one or the other")
    }
  }

  /// All images of the file, used or not.
  public var heldByteCount: Int { images.dimensions.reduce(1, *) }

  /// Writes sample `index`, its bytes divided by 255, in the size asked for.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    let count = images.dimensions[1] * images.dimensions[2]
    let start = rows[index] * count
    guard let (original, resizer) = resizing else {
      return images.copy(start..<(start + count), into: &destination)
    }
    original.withMutableSpan { images.copy(start..<(start + count), into: &$0) }
    original.withSpan { resizer.resize($0, into: &destination) }
  }

  /// Opens both splits.
  static func open(
    _ options: ImageOptions, root: String, classes: [String]
  ) throws -> ModalityData {
    let train = try ImageSource(
      options.train, root: root, classes: classes, resize: options.resize)
    guard let split = options.test else {
      return ModalityData(train: train, test: EmptySource(sampleShape: train.sampleShape))
    }
    let test = try ImageSource(split, root: root, classes: classes, resize: options.resize)
    guard test.sampleShape == train.sampleShape else {
      throw FileError(
        test.images.path,
        "has images of \(test.sampleShape), but the training images in"
          + " \(train.images.path) have \(train.sampleShape)")
    }
    return ModalityData(train: train, test: test)
  }

  private static func labels(
    _ path: String, classes: [String], count: Int, images: String
  ) throws -> [Int] {
    let file = try IDXFile(path: path, .labels)
    guard file.dimensions[0] == count else {
      throw FileError(
        path,
        "holds \(counted(file.dimensions[0], "label")), but \(images) has"
          + " \(counted(count, "image"))")
    }
    let reader = LabelReader(classes: classes)
    return try (0..<count).map { row in
      try reader.label(Int(file[row]), place: "\(path), row \(row)")
    }
  }
}
