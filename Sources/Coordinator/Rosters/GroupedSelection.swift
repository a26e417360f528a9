import Tensors

/// Takes whole groups out of a split, about a part of every class.
///
/// The groups are looked at twice, in an order that is drawn. The first time, those are taken that fit:
/// that have no more samples of any class than are still wanted. The second time, those that bring the
/// parts of the classes nearer to what was asked for: that make the sum over the classes of
/// `|taken - part * all| / all`, counted in samples, less. So a class whose groups have no samples of
/// other classes ends at most half its largest group away from its part, unless more would have been its
/// last group: a group stays if it is the last one that has samples of some class. A sample without a
/// group is a group of its own.
struct GroupedSelection {
  private let units: [(samples: [Int], counts: [(label: Int, count: Int)])]
  /// The samples of each class, and the groups that have some.
  private let (totals, holders): ([Int], [Int])

  /// - Parameters:
  ///   - groups: the group of each sample.
  ///   - labels: its class, below `classCount`.
  init(groups: [String?], labels: [Int32], classCount: Int) {
    var places: [String: Int] = [:]
    var samples: [[Int]] = []
    for (sample, group) in groups.enumerated() {
      if let place = group.flatMap({ places[$0] }) {
        samples[place].append(sample)
      } else {
        if let group { places[group] = samples.count }
        samples.append([sample])
      }
    }
    var totals = [Int](repeating: 0, count: classCount)
    var holders = totals
    units = samples.map { samples in
      var counts: [(label: Int, count: Int)] = []
      for label in samples.map({ Int(labels[$0]) }).sorted() {
        if counts.last?.label == label {
          counts[counts.count - 1].count += 1
        } else {
          counts.append((label, 1))
        }
      }
      for (label, count) in counts {
        totals[label] += count
        holders[label] += 1
      }
      return (samples, counts)
    }
    (self.totals, self.holders) = (totals, holders)
  }

  /// The samples that are taken, in ascending order.
  ///
  /// - Parameter part: how much of each class is asked for, 0 to 1.
  func taken(_ part: Double, _ generator: inout SeededGenerator) -> [Int] {
    var lacking = totals.map { part * Double($0) }
    var left = holders
    var taken: [Int] = []
    var waiting = generator.permutation(units.count)
    for isFirst in [true, false] {
      waiting.removeAll { index in
        let unit = units[index]
        guard unit.counts.allSatisfy({ left[$0.label] > 1 }),
          isFirst ? fits(unit.counts, lacking) : helps(unit.counts, lacking)
        else { return false }
        for (label, count) in unit.counts {
          lacking[label] -= Double(count)
          left[label] -= 1
        }
        taken += unit.samples
        return true
      }
    }
    return taken.sorted()
  }

  /// Whether no class would have more samples than are wanted.
  private func fits(_ counts: [(label: Int, count: Int)], _ lacking: [Double]) -> Bool {
    counts.allSatisfy { Double($0.count) <= lacking[$0.label] }
  }

  /// Whether the classes would be nearer to what is wanted, each measured by its size.
  private func helps(_ counts: [(label: Int, count: Int)], _ lacking: [Double]) -> Bool {
    counts.reduce(0.0) { sum, next in
      let (lack, count) = (lacking[next.label], Double(next.count))
      return sum + (abs(lack - count) - abs(lack)) / Double(totals[next.label])
    } < 0
  }
}
