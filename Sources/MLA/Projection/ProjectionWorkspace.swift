import Tensors

/// Room for a gradient and its projection in float64; it grows once and is then reused every turn.
public final class ProjectionWorkspace {
  private(set) var gradient = Buffer<Double>(0)
  private(set) var product = Buffer<Double>(0)

  /// An empty workspace.
  public init() {}

  /// Makes room for `count` numbers in each of the two; what they hold is lost.
  func reserve(_ count: Int) {
    guard count > gradient.count else { return }
    gradient = Buffer(count)
    product = Buffer(count)
  }
}
