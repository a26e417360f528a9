import Storage
import Tensors

/// A source whose samples were read once, into one block: reading is then only a copy.
public struct CachedSource: SampleSource {
  /// One id a sample.
  public let ids: [String]
  /// One label a sample, from 0.
  public let labels: [Int]
  /// Whether the ids are not just the rows' numbers.
  public let hasWrittenIDs: Bool
  /// The shape of one sample.
  public let sampleShape: Shape

  /// `[samples, sampleShape…]`.
  private let values: Buffer<Float>

  /// Reads every sample of `source`. Throws where a sample cannot be read, holds a value that is
  /// not finite, or all of them do not fit into memory.
  public init(_ source: any SampleSource) throws {
    let stride = source.sampleShape.elementCount
    let count = source.ids.count
    guard let byteCount = elementCount([count, stride, MemoryLayout<Float>.size]) else {
      throw FileError("samples", "\(count) of \(source.sampleShape) values need too much memory")
    }
    try MachineMemory.check(byteCount, for: "\(count) samples of \(source.sampleShape) values")
    values = Buffer(count * stride)
    for index in 0..<count {
      try LongWork.step()
      try values[index * stride..<(index + 1) * stride].withMutableSpan { sample in
        try source.read(index, into: &sample)
        if let element = firstNonFinite(in: sample.span) {
          throw FileError(
            "sample '\(source.ids[index].legible())'",
            "value \(element) is \(sample[element]), expected a"
              + " finite number")
        }
      }
    }
    ids = source.ids
    labels = source.labels
    hasWrittenIDs = source.hasWrittenIDs
    sampleShape = source.sampleShape
  }

  /// Copies sample `index`.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    let stride = sampleShape.elementCount
    precondition(ids.indices.contains(index), "sample \(index) of \(ids.count)")
    values[index * stride..<(index + 1) * stride].withSpan { destination.take($0) }
  }
}

/// The split that is not there.
public struct EmptySource: SampleSource {
  /// One id a sample.
  public let ids: [String] = []
  /// One label a sample, from 0.
  public let labels: [Int] = []
  /// The shape of one sample.
  public let sampleShape: Shape

  /// No samples of this shape.
  public init(sampleShape: Shape) {
    self.sampleShape = sampleShape
  }

  /// Must not be called: there is nothing to read.
  public func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    preconditionFailure("sample \(index) of none")
  }
}
