import Foundation
import Storage
import Synchronization
import Tensors

@testable import Datasets

/// A made-up kind of media: a file holds a number in digits, and its sample is `[2]`: the number, and
/// what was drawn for it.
final class NumberPreparer: SamplePreparer {
  /// How often files were decoded, by path.
  final class Log: Sendable {
    let counts = Mutex<[String: Int]>([:])
    var total: Int { counts.withLock { $0.values.reduce(0, +) } }
  }

  let sampleShape: Shape = [2]
  private let log: Log

  init(_ log: Log) { self.log = log }

  func decode(_ item: MediaItem) throws -> DecodedSample {
    log.counts.withLock { $0[item.path, default: 0] += 1 }
    let text = String(decoding: try InputFile.read(item.path), as: UTF8.self)
    guard let number = Float(text) else { throw FileError(item.path, "holds no number") }
    return DecodedSample([1], .floats([number]))
  }

  func prepare(
    _ decoded: DecodedSample, random: inout SeededGenerator?,
    into destination: inout MutableSpan<Float>
  ) throws {
    guard case .floats(let values) = decoded.values else { preconditionFailure("no floats") }
    destination[0] = values[0]
    destination[1] = Float(random?.uniform() ?? -1)
  }
}

/// Files of numbers in a folder of their own.
struct NumberFiles {
  let folder: TemporaryFolder
  let log = NumberPreparer.Log()

  init() throws { folder = try TemporaryFolder() }

  /// Writes a file, below folders that it makes.
  func put(_ name: String, _ text: String) throws {
    let parts = name.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/\(parts)", withIntermediateDirectories: true)
    try folder.write(text, name)
  }

  /// Writes files `0`, `1`, … with their numbers, and a manifest of them.
  func write(_ count: Int, manifest: String = "train.csv") throws {
    var lines = ["id,label,path"]
    for number in 0..<count {
      try put("\(number)", "\(number)")
      lines.append("s\(number),\(number % 2),\(number)")
    }
    try put(manifest, lines.joined(separator: "\n"))
  }

  func open(
    train: [String] = ["train.csv"], test: [String] = [], classes: [String] = ["even", "odd"],
    _ change: (inout MediaPolicy) -> Void = { _ in }
  ) throws -> ModalityData {
    var policy = MediaPolicy()
    change(&policy)
    return try ModalityData.open(
      train: train, test: test, root: folder.path, classes: classes, policy: policy
    ) { [log] in NumberPreparer(log) }
  }
}
