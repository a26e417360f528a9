import Tensors

@testable import Datasets

extension Manifest {
  /// The samples of one file.
  static func load(path: String, classes: [String], column: Column) throws -> Manifest {
    try load(paths: [path], root: "", classes: classes, column: column)
  }
}

extension InputFile {
  /// Throws unless `path` is a readable, regular file, not empty and no git-lfs pointer.
  static func check(_ path: String) throws { _ = try open(path) }

  /// The text of a file that `check` accepts, without a byte order mark.
  static func text(_ path: String) throws -> String {
    try text(of: read(path), place: path)
  }
}

extension MelFilterBank {
  /// The bands too narrow to hold any bin: their output is always the floor.
  var emptyBands: [Int] {
    (0..<bandCount).filter { band in
      weights[band * binCount..<(band + 1) * binCount].allSatisfy { $0 == 0 }
    }
  }
}

extension AudioOptions {
  /// The shape of a sample as the encoder sees it, `[bands, frames, 1]`.
  func sampleShape() throws -> Shape {
    try spectrogram.outputShape(sampleRateHertz: sampleRateHertz, sampleCount: sampleCount())
  }
}
