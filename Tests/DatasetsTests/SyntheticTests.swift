import Storage
import Tensors
import Testing

@testable import Datasets

@Suite struct SyntheticTests {
  func open(
    _ set: SyntheticOptions.Set, _ component: Int, seed: UInt64 = 0, own: UInt64? = nil
  ) throws -> ModalityData {
    var options = SyntheticOptions()
    (options.set, options.component, options.seed) = (set, component, own)
    let classes = (0..<set.classCount).map { "class \($0)" }
    return try ModalityData.open(.synthetic(options), root: "", classes: classes, seed: seed)
  }

  func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  @Test(arguments: SyntheticOptions.Set.allCases)
  func `sizes, ids and labels are as documented, and labels common to all modalities`(
    set: SyntheticOptions.Set
  ) throws {
    let all = try (0..<set.componentCount).map { try open(set, $0) }
    let shapes: [Shape] = [[200], [40], [40]]
    #expect(all.map(\.train.sampleShape) == Array(shapes.prefix(set == .lazy2 ? 2 : 3)))
    for data in all {
      #expect(data.train.ids.count == 1500 && data.test.ids.count == 2000)
      #expect(data.train.ids[7] == "train00007" && data.test.ids[1999] == "test01999")
      #expect(data.train.labels == all[0].train.labels && data.test.labels == all[0].test.labels)
    }
    // Labels are uniform: 3500/C each, within five standard deviations.
    let labels = all[0].train.labels + all[0].test.labels
    let (count, share) = (3500.0, 1 / Double(set.classCount))
    let deviation = (count * share * (1 - share)).squareRoot()
    for label in 0..<set.classCount {
      let found = Double(labels.count { $0 == label })
      #expect(abs(found - count * share) < 5 * deviation)
    }
    #expect(Set(labels) == Set(0..<set.classCount))
  }

  @Test func `a seed gives the same samples again, another seed others, an own seed goes first`()
    throws
  {
    let sample = try open(.lazy3, 2, seed: 1).train.sample(3)
    #expect(try open(.lazy3, 2, seed: 1).train.sample(3) == sample)
    #expect(try open(.lazy3, 2, seed: 2).train.sample(3) != sample)
    #expect(try open(.lazy3, 1, seed: 1).train.sample(3) != sample)
    #expect(try open(.lazy3, 2, seed: 2, own: 1).train.sample(3) == sample)
    let labels = try open(.lazy3, 2, seed: 2, own: 1).train.labels
    #expect(try open(.lazy3, 0, seed: 1).train.labels == labels)
  }

  @Test func `the strong modality is centres of length 3 and unit noise`() throws {
    let labels = SyntheticOptions.Set.lazy2.labels(seed: 5)
    let strong = SyntheticComponent(.lazy2, 0, labels: labels, seed: 5)
    for label in 0..<6 {
      let centre = strong.centres[(label * 200)..<((label + 1) * 200)]
      #expect(abs(centre.reduce(0) { $0 + $1 * $1 } - 9) < 1e-9)
    }
    let noise = strong.values.enumerated().map { index, value in
      Double(value) - strong.centres[labels[index / 200] * 200 + index % 200]
    }
    // 700,000 draws: the deviation of the mean is 0.0012, of the variance 0.0017.
    #expect(abs(noise.reduce(0, +) / Double(noise.count)) < 0.006)
    #expect(abs(variance(noise) - 1) < 0.0085)
    // A class's mean over n samples is its centre plus noise: length^2 = 9 + 200/n or so.
    let members = labels.indices.filter { labels[$0] == 2 }
    let mean = (0..<200).map { column in
      members.reduce(0) { $0 + Double(strong.values[$1 * 200 + column]) } / Double(members.count)
    }
    let length = mean.reduce(0) { $0 + $1 * $1 }
    let count = Double(members.count)
    // The deviation of the square of a length near 3 is 2 * 3 / sqrt(n).
    #expect(abs(length - 9 - 200 / count) < 5 * 6 / count.squareRoot())
  }

  @Test(arguments: [(SyntheticOptions.Set.lazy2, 1, 0.8), (.lazy3, 1, 0.8), (.lazy3, 2, 0.7)])
  func `a weak modality is six blobs a class, mixed into forty numbers`(
    set: SyntheticOptions.Set, number: Int, radius: Double
  ) throws {
    let labels = set.labels(seed: 9)
    let weak = SyntheticComponent(set, number, labels: labels, seed: 9)
    #expect(weak.centres.count == set.classCount * 6 * 8)
    #expect(weak.mixing.count == 8 * 40)
    // The deviation of a variance estimated from n normal numbers is sqrt(2/n) of it.
    let ofCentres = 5 * (2 / Double(weak.centres.count)).squareRoot()
    #expect(abs(variance(weak.centres) / (radius * radius) - 1) < ofCentres)
    #expect(abs(variance(weak.mixing) * 40 - 1) < 5 * (2 / 320.0).squareRoot())
    for blob in 0..<6 {
      let found = Double(weak.blobs.count { $0 == blob })
      #expect(abs(found - 3500 / 6) < 5 * (3500.0 * 5 / 36).squareRoot())
    }
    // x - centre A has the variance 0.09 |A's column|^2 + 0.09 in each column.
    for column in 0..<40 {
      let residuals = labels.indices.map { sample -> Double in
        let centre = (labels[sample] * 6 + weak.blobs[sample]) * 8
        var mixed = 0.0
        for row in 0..<8 { mixed += weak.centres[centre + row] * weak.mixing[row * 40 + column] }
        return Double(weak.values[sample * 40 + column]) - mixed
      }
      var square = 0.0
      for row in 0..<8 { square += weak.mixing[row * 40 + column] * weak.mixing[row * 40 + column] }
      let expected = 0.09 * square + 0.09
      #expect(abs(variance(residuals) / expected - 1) < 5 * (2 / 3500.0).squareRoot())
    }
  }

  @Test func `a set that does not fit the configuration is refused`() throws {
    #expect(throws: FileError("lazy2", "there is no component 2, expected 0 to 1")) {
      try open(.lazy2, 2)
    }
    #expect(throws: FileError("lazy2", "has 6 classes, but 2 are configured")) {
      try ModalityData.open(
        .synthetic(SyntheticOptions()), root: "", classes: ["a", "b"], seed: 0)
    }
  }
}
