import Tensors

/// Which rows of a table of vectors the samples of a batch consist of.
///
/// A token's row is its number. The row of an n-gram follows from its tokens by FNV-1a over their
/// numbers, in 64 bits, whose halves are folded together: equal on every machine. Different n-grams may
/// share a row.
final class BagOfWordsContents {
  /// The number of rows of the table.
  let rowCount: Int

  private let length: Int
  private let vocabulary: Int
  private let longestGram: Int
  private let buckets: Int
  private var rows: [Int32] = []
  private var starts = [0]
  private var areSound: [Bool] = []
  private var tokens: [Int32] = []

  init(length: Int, vocabulary: Int, longestGram: Int, buckets: Int) {
    self.length = length
    self.vocabulary = vocabulary
    self.longestGram = longestGram
    self.buckets = buckets
    rowCount = vocabulary + (longestGram > 1 ? buckets : 0)
  }

  var sampleCount: Int { areSound.count }
  /// The number of rows of all samples.
  var count: Int { rows.count }
  /// The most rows that a sample has.
  var longest: Int { zip(starts, starts.dropFirst()).reduce(1) { max($0, $1.1 - $1.0) } }

  /// The rows of one sample.
  subscript(sample: Int) -> ArraySlice<Int32> { rows[starts[sample]..<starts[sample + 1]] }

  /// Whether all of a sample's values are tokens.
  func isSound(_ sample: Int) -> Bool { areSound[sample] }

  /// Finds the rows of a batch.
  func read(_ input: Tensor) {
    precondition(input.stride == length, "input \(input.sampleShape), expected [\(length)]")
    rows.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    areSound.removeAll(keepingCapacity: true)
    starts.append(0)
    for sample in 0..<input.count {
      areSound.append(readTokens(of: sample, in: input))
      for first in tokens.indices { addGrams(from: first) }
      starts.append(rows.count)
    }
  }

  /// Whether the values of a sample are tokens or padding; those that are tokens are kept.
  private func readTokens(of sample: Int, in input: Tensor) -> Bool {
    tokens.removeAll(keepingCapacity: true)
    let values = input.sample(sample)
    var isSound = true
    for place in 0..<length where values[place] != 0 {
      let value = values[place]
      if value > 0, value < Float(vocabulary), value == value.rounded() {
        tokens.append(Int32(value))
      } else {
        isSound = false
      }
    }
    return isSound
  }

  /// Adds a token, and the runs of tokens that begin with it.
  private func addGrams(from first: Int) {
    var hash = FNV1a()
    for place in first..<min(first + longestGram, tokens.count) {
      hash.add(UInt64(tokens[place]))
      let folded = hash.value ^ (hash.value >> 32)
      rows.append(
        place == first
          ? tokens[place] : Int32(vocabulary) + Int32(folded % UInt64(max(1, buckets))))
    }
  }
}
