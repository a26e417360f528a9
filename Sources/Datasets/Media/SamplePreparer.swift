import Storage
import Tensors

/// A file (or a folder of frames) that becomes a sample.
public struct MediaItem: Sendable, Equatable {
  /// The sample's id, unique in its split.
  public let id: String
  /// The sample's class, from 0.
  public let label: Int
  /// The file.
  public let path: String
  /// Where it is listed, as errors name it: `manifest.csv:12`.
  public let place: String
  /// What the sample belongs to, such as a speaker; empty: to nothing but itself.
  public let group: String

  /// A file that is listed at `place`.
  public init(id: String, label: Int, path: String, place: String, group: String = "") {
    self.id = id
    self.label = label
    self.path = path
    self.place = place
    self.group = group
  }
}

/// A sample before anything random happens to it: what is the same every time that its file is read,
/// in as few bytes as will do. What a cache keeps.
public struct DecodedSample: Sendable {
  /// Numbers of one kind.
  public enum Values: Sendable {
    /// Pixels.
    case bytes([UInt8])
    /// Sound, or what is made of it.
    case floats([Float])
  }

  /// The axes, as the preparer that made it understands them: `[height, width, 3]` of a picture.
  public let shape: Shape
  /// The values, row by row.
  public let values: Values

  /// Values with their axes.
  public init(_ shape: Shape, _ values: Values) {
    self.shape = shape
    self.values = values
  }

  /// The bytes that it takes in memory.
  public var byteCount: Int {
    switch values {
    case .bytes(let bytes): bytes.count
    case .floats(let floats): floats.count * MemoryLayout<Float>.stride
    }
  }
}

/// Makes samples of the files of one kind. It has buffers of its own, and is used by one thread at a
/// time: each thread of a loader has one.
public protocol SamplePreparer: AnyObject {
  /// The shape of every sample.
  var sampleShape: Shape { get }

  /// Reads a file, as far as nothing random is in it: a picture that is always shown whole comes in its
  /// final size, one that is cut at random comes whole. Throws a `FileError` that names the file.
  func decode(_ item: MediaItem) throws -> DecodedSample

  /// Makes the sample, `sampleShape.elementCount` floats, of what `decode` gave.
  ///
  /// - Parameter random: what training draws from, the same for the same sample of the same epoch;
  ///   nil: as the sample is evaluated.
  func prepare(
    _ decoded: DecodedSample, random: inout SeededGenerator?,
    into destination: inout MutableSpan<Float>
  ) throws
}
