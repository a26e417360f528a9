import Datasets
import Storage
import Tensors

/// A hash that tells whether a run goes on with the data that it began with.
///
/// Ids, labels, groups, the shape of a sample, and the values of some training samples: all of the
/// values would be another pass through the data.
enum DataDigest {
  /// How many training samples are looked at.
  private static let lookedAt = 16

  /// SHA-256 in hexadecimal.
  static func hex(of data: ModalityData) throws -> String {
    var digest = SHA256()
    digest.update("\(data.train.sampleShape)\n".utf8)
    for source in [data.train, data.test] {
      digest.update("\(source.ids.count)\n".utf8)
      digest.update(source.labels.span.bytes)
      for id in source.ids { digest.update("\(id)\n".utf8) }
      for group in source.groups { digest.update("\(group)\n".utf8) }
    }
    let sample = Buffer<Float>(data.train.sampleShape.elementCount)
    let count = data.train.ids.count
    for place in 0..<min(lookedAt, count) {
      try LongWork.step()
      let row = place * count / min(lookedAt, count)
      try sample.withMutableSpan { try data.train.read(row, into: &$0) }
      sample.withSpan { digest.update($0.bytes) }
    }
    return digest.hex
  }
}
