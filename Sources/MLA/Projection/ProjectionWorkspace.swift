import Tensors

/// Room for a gradient and its projection in float64; it grows once and is then reused every turn.
public final class ProjectionWorkspace {
  private(set) var gradient = AlignedStorage.doubles(0)
  private(set) var product = AlignedStorage.doubles(0)
  private var capacity = 0

  /// An empty workspace.
  public init() {}

  deinit {
    AlignedStorage.free(gradient)
    AlignedStorage.free(product)
  }

  /// Makes room for `count` numbers in each of the two; what they hold is lost.
  func reserve(_ count: Int) {
    guard count > capacity else { return }
    AlignedStorage.free(gradient)
    AlignedStorage.free(product)
    gradient = AlignedStorage.doubles(count)
    product = AlignedStorage.doubles(count)
    capacity = count
  }
}
