/// Where a modality's features lie, without the features: sums over samples of features that were divided by their
/// norms, one sum for each modality that the samples have too.
public struct FeatureCentres: Message, Sendable, Equatable {
  /// The kind with this layout.
  public static let kind = MessageKind.featureCentres

  /// For each modality k, the sum over the samples that have this modality and k: `[M, D]`, row-major.
  public var sums: [Double]
  /// The number of features in each sum, `[M]`.
  public var counts: [Int]
  /// How many more there would be if they were not zero, or no finite numbers, `[M]`.
  public var leftOut: [Int]

  /// Centres to send, or none yet.
  public init(sums: [Double] = [], counts: [Int] = [], leftOut: [Int] = []) {
    (self.sums, self.counts, self.leftOut) = (sums, counts, leftOut)
  }

  /// The mean over the samples that have modality `other` too, `[D]`; nil: there is none.
  public func mean(beside other: Int) -> [Double]? {
    guard counts.indices.contains(other), counts[other] > 0 else { return nil }
    let width = sums.count / counts.count
    return sums[other * width..<(other + 1) * width].map { $0 / Double(counts[other]) }
  }

  /// The sums, then what is in them and what is not.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&sums)
    try fields.field(&counts)
    try fields.field(&leftOut)
    try fields.require(counts.count == leftOut.count && (counts + leftOut).allSatisfy { $0 >= 0 })
    try fields.require(
      counts.isEmpty ? sums.isEmpty : sums.count.isMultiple(of: counts.count))
  }
}
