import Datasets
import Tensors

extension Readers {
  /// `.npy`, `.npz`, IDX.
  static let arrays = [
    Reader("npy", file: "a.npy", try NPYFormat.format(seeds: golden(".npy") + [floats, labels])) {
      path in
      let array = try NPYArray(path: path)
      let values = try array.floats()
      _ = try array.doubles()
      _ = try? array.integers()
      guard values.count == array.count, array.count == array.shape.reduce(1, *) else {
        throw Misbehaviour("\(values.count) values of the shape \(array.shape)")
      }
    },
    Reader(
      "npy-labels", file: "labels.npy",
      try NPYFormat.format(seeds: golden(".npy") + [labels, names])
    ) { folder in
      try folder.write(floats, to: "values.npy")
      return { _ in
        try open(
          .arrays(.init(train: .init(values: "values.npy", labels: "labels.npy"), test: nil)),
          folder)
      }
    },
    Reader(
      "npy-samples", file: "values.npy", try NPYFormat.format(seeds: golden(".npy") + [floats])
    ) {
      folder in
      try folder.write(labels, to: "labels.npy")
      return { _ in
        try open(
          .arrays(.init(train: .init(values: "values.npy", labels: "labels.npy"), test: nil)),
          folder)
      }
    },
    Reader(
      "npy-rows", file: "rows.npy", try NPYFormat.format(seeds: golden(".npy") + [floats])
    ) { path in
      let array = try NPYArray(path: path)
      guard array.count > 0, let count = array.shape.first else { return }
      let shape = array.shape.count == 1 ? [1] : Array(array.shape.dropFirst())
      let source = try UnlabelledSource.open(
        .listed(path: path), as: .arrays(.init(train: .init(values: ""), test: nil)),
        sampleShape: Shape(shape), tokeniser: nil, media: MediaPolicy())
      let width = source.sampleShape.elementCount
      var (read, held) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
      for row in Set([0, count / 2, count - 1]) {
        var room = read.mutableSpan
        try source.read(row, into: &room)
        var other = held.mutableSpan
        array.copy(row * width..<(row + 1) * width, into: &other)
        guard read == held else { throw Misbehaviour("row \(row) is not that of the whole array") }
      }
    },
    Reader("npz", file: "a.npz", try ZipFormat.format(seeds: golden(".npz")), longest: 60_000) {
      path in
      let file = try NPZFile(path: path)
      for name in file.names {
        let array = try file.array(name, for: .labels)
        _ = array.type.kind.isText ? try array.texts().count : try array.floats().count
      }
      _ = try? file.array("nearest")
    },
    Reader(
      "idx-images", file: "images.idx", IDXFormat.format(2051, seeds: [images]), longest: 60_000
    ) { folder in
      try folder.write(IDXFormat.file(2049, [3], [0, 1, 2]), to: "labels.idx")
      return { _ in
        try open(
          .idx(.init(train: .init(images: "images.idx", labels: "labels.idx"), test: nil)), folder)
      }
    },
    Reader(
      "idx-labels", file: "labels.idx",
      IDXFormat.format(2049, seeds: [IDXFormat.file(2049, [3], [0, 1, 2])]),
      longest: 60_000
    ) { folder in
      try folder.write(images, to: "images.idx")
      return { _ in
        try open(
          .idx(.init(train: .init(images: "images.idx", labels: "labels.idx"), test: nil)), folder)
      }
    },
  ]

  static let images = IDXFormat.file(2051, [3, 2, 5], (0..<30).map { $0 })
  static let floats = NPYFormat.file("<f4", "(3, 2)", [UInt8](repeating: 0x40, count: 24))
  static let labels = NPYFormat.file("<i8", "(3,)", [0, 1, 2].flatMap { little($0, 8) })
  static let names = NPYFormat.file("|S3", "(3,)", Array("catdogowl".utf8))
  static let classes = ["cat", "dog", "owl"]

  /// Opens samples as training does, and reads each of them.
  static func open(_ options: SourceOptions, _ folder: WorkFolder) throws {
    let data = try ModalityData.open(options, root: folder.path, classes: classes, seed: 1)
    guard data.train.ids.count == data.train.labels.count,
      data.train.labels.allSatisfy(classes.indices.contains)
    else { throw Misbehaviour("labels that are none, or not one a sample") }
    let count = data.train.sampleShape.elementCount
    guard count <= 1 << 20 else { return }
    var sample = [Float](repeating: 0, count: count)
    for index in data.train.ids.indices.prefix(100) {
      var room = sample.mutableSpan
      try data.train.read(index, into: &room)
    }
  }

  /// The small files of the tests that NumPy has written.
  private static func golden(_ ending: String) throws -> [[UInt8]] {
    try Repository.files(in: "Tests/DatasetsTests/Golden/arrays", ending: ending, atMost: 20_000)
  }
}
