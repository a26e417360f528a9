/// The extent of an array along each axis, row-major: the last axis is contiguous.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The length of each axis, outermost first. Empty for a scalar.
  public let dimensions: [Int]

  /// The number of values: the product of all axes.
  public let elementCount: Int

  /// A shape with the given axes, outermost first.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "negative axis in \(dimensions)")
    self.dimensions = dimensions
    elementCount = dimensions.reduce(1, *)
  }

  /// A shape written as a literal: `[28, 28, 1]`.
  public init(arrayLiteral dimensions: Int...) {
    self.init(dimensions)
  }

  /// The length of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The axes as people write them: `28 x 28 x 1`.
  public var description: String {
    dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: " x ")
  }
}

extension Sequence<Int> {
  /// The product of all, or nil where it overflows on the way.
  public func product() -> Int? {
    var product = 1
    for factor in self {
      let (next, overflows) = product.multipliedReportingOverflow(by: factor)
      if overflows { return nil }
      product = next
    }
    return product
  }
}
