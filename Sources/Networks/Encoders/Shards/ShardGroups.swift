/// How the shards of a rank are computed some at a time: group after group, the last first, so that its
/// activations are still there; with places where sums of gradients wait for those that they are added to.
///
/// The order of additions is that of `ShardTree`, as if all shards were there at once.
struct ShardGroups {
  /// A group whose gradients have been added up.
  struct Sum: Equatable {
    /// The group, from 0.
    let group: Int
    /// The places of sums that are added to it, in this order.
    let taken: [Int]
    /// The place where the result waits; nil: it is the sum of all.
    let kept: Int?
  }

  /// The groups in the order in which they are computed.
  let sums: [Sum]
  /// The number of places.
  let placeCount: Int

  /// So many groups.
  init(_ count: Int) {
    var sums: [Sum] = []
    var (waiting, most) = (0, 0)
    for group in (0..<count).reversed() {
      var taken: [Int] = []
      var distance = 1
      while distance < count, group % (2 * distance) == 0 {
        if group + distance < count {
          waiting -= 1
          taken.append(waiting)
        }
        distance *= 2
      }
      sums.append(Sum(group: group, taken: taken, kept: group == 0 ? nil : waiting))
      waiting += 1
      if group > 0 { most = max(most, waiting) }
    }
    self.sums = sums
    placeCount = most
  }
}
