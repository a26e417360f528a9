import Tensors

/// Memory for rows that grows to the most it was ever asked for, and holds whatever the last use left:
/// the one kind of memory here whose size shows only when a layer computes.
///
/// So it is where padding is left out, which makes batches differ in length, and where each thread needs
/// room of its own, a row: nobody knows beforehand how many there will be.
final class RowStorage {
  /// The shape of one row.
  let rowShape: Shape
  private(set) var tensor: Tensor

  init(_ rowShape: Shape) {
    self.rowShape = rowShape
    tensor = Tensor(rowShape, capacity: 0)
  }

  /// The tensor with `count` rows of any content.
  ///
  /// - Parameter growsAhead: whether growing a second time gives a quarter more than was asked for, so
  ///   that batches of changing length soon allocate no more.
  func rows(_ count: Int, growsAhead: Bool = true) -> Tensor {
    if count > tensor.capacity {
      let spare = growsAhead && tensor.capacity > 0 ? count / 4 : 0
      // What there was goes first, so that the two are not held at a time.
      tensor = Tensor(rowShape, capacity: 0)
      tensor = Tensor(rowShape, capacity: count + spare)
    }
    tensor.count = count
    return tensor
  }
}
