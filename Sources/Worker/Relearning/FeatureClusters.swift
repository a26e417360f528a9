import Tensors

/// Clusters of features, by k-means: how well they tell classes that they have not been told.
struct FeatureClusters {
  /// The features `[n, D]`, each dimension scaled to -1 ... 1; one that is constant is -1.
  private let values: Buffer<Double>
  private let count: Int
  private let featureCount: Int

  /// The most rounds of a search.
  private static let rounds = 100
  /// The searches of which the best counts.
  private static let searches = 10

  /// Clusters of `features [n, D]`, which are scaled.
  init(_ features: Buffer<Float>, featureCount: Int) {
    self.featureCount = featureCount
    count = features.count / featureCount
    values = Buffer(features.count)
    for feature in 0..<featureCount {
      let places = (0..<count).map { $0 * featureCount + feature }
      var (least, most) = (Double.infinity, -Double.infinity)
      for place in places {
        least = min(least, Double(features[place]))
        most = max(most, Double(features[place]))
      }
      let span = most > least ? most - least : 1
      for place in places { values[place] = 2 * (Double(features[place]) - least) / span - 1 }
    }
  }

  /// The share of samples that are of the most frequent class of their cluster.
  ///
  /// - Parameters:
  ///   - labels: the class of each sample.
  ///   - centres: the samples that the search begins at, one a cluster.
  func purity(labels: [Int], centres: [Int]) throws -> Double {
    try purity(labels: labels, search(from: centres).clusters, clusterCount: centres.count)
  }

  /// The same, by the best of several searches whose beginnings are drawn far from each other (k-means++,
  /// Arthur and Vassilvitskii, 2007).
  func purity(
    labels: [Int], clusterCount: Int, generator: inout SeededGenerator
  ) throws -> Double {
    var best: (clusters: [Int], spread: Double)?
    for _ in 0..<Self.searches {
      let found = try search(from: draw(clusterCount, &generator))
      if best.map({ found.spread < $0.spread }) ?? true { best = found }
    }
    return purity(labels: labels, best?.clusters ?? [], clusterCount: clusterCount)
  }

  private func purity(labels: [Int], _ clusters: [Int], clusterCount: Int) -> Double {
    var counts = [[Int: Int]](repeating: [:], count: clusterCount)
    for (label, cluster) in zip(labels, clusters) { counts[cluster][label, default: 0] += 1 }
    let pure = counts.reduce(0) { $0 + ($1.values.max() ?? 0) }
    return Double(pure) / Double(count)
  }

  /// Lloyd's algorithm: the cluster of each sample, and the sum of squared distances to centres. Of equally
  /// near centres the first counts; a cluster without samples keeps its centre.
  private func search(from samples: [Int]) throws -> (clusters: [Int], spread: Double) {
    let centres = Buffer<Double>(samples.count * featureCount)
    for (cluster, sample) in samples.enumerated() {
      part(of: cluster, centres).update(from: part(of: sample, values))
    }
    var clusters: [Int]?
    var spread = 0.0
    for _ in 0..<Self.rounds {
      var new = [Int](repeating: 0, count: count)
      spread = 0
      for sample in 0..<count {
        try LongWork.step()
        let (nearest, distance) = nearest(to: sample, samples.count, centres)
        new[sample] = nearest
        spread += distance
      }
      if new == clusters { break }
      clusters = new
      move(centres, of: samples.count, to: new)
    }
    return (clusters ?? [], spread)
  }

  private func move(_ centres: Buffer<Double>, of clusterCount: Int, to clusters: [Int]) {
    let sums = Buffer<Double>(centres.count)
    var sizes = [Int](repeating: 0, count: clusterCount)
    for (sample, cluster) in clusters.enumerated() {
      sizes[cluster] += 1
      let (sum, own) = (part(of: cluster, sums), part(of: sample, values))
      for feature in 0..<featureCount { sum[feature] += own[feature] }
    }
    for cluster in 0..<clusterCount where sizes[cluster] > 0 {
      let (sum, centre) = (part(of: cluster, sums), part(of: cluster, centres))
      for feature in 0..<featureCount { centre[feature] = sum[feature] / Double(sizes[cluster]) }
    }
  }

  /// Draws samples to begin at: each with a chance that goes with the square of its distance to those drawn.
  private func draw(_ clusterCount: Int, _ generator: inout SeededGenerator) -> [Int] {
    var drawn = [generator.integer(below: count)]
    var distances = (0..<count).map { distance(part(of: $0, values), part(of: drawn[0], values)) }
    while drawn.count < clusterCount {
      LongWork.pass()
      var left = generator.uniform() * distances.reduce(0, +)
      // Where all are alike, which one is drawn makes no difference.
      let next =
        distances.firstIndex { distance in
          left -= distance
          return left < 0
        } ?? count - 1
      drawn.append(next)
      for sample in 0..<count {
        distances[sample] = min(
          distances[sample], distance(part(of: sample, values), part(of: next, values)))
      }
    }
    return drawn
  }

  private func nearest(
    to sample: Int, _ clusterCount: Int, _ centres: Buffer<Double>
  ) -> (cluster: Int, distance: Double) {
    var best = (cluster: 0, distance: Double.infinity)
    for cluster in 0..<clusterCount {
      let distance = distance(part(of: sample, values), part(of: cluster, centres))
      if distance < best.distance { best = (cluster, distance) }
    }
    return best
  }

  /// The square of the distance of two features.
  private func distance(_ one: Buffer<Double>, _ other: Buffer<Double>) -> Double {
    one.withSpan { one in
      other.withSpan { other in
        var sum = 0.0
        for place in one.indices {
          let difference = one[place] - other[place]
          sum += difference * difference
        }
        return sum
      }
    }
  }

  private func part(of number: Int, _ values: Buffer<Double>) -> Buffer<Double> {
    values[number * featureCount..<(number + 1) * featureCount]
  }
}
