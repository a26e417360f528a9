import Tensors

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
