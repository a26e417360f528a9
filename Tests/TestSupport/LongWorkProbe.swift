import Tensors

/// Looks on while a test has something work for long.
public enum LongWorkProbe {
  /// What ends work in its middle.
  public struct Enough: Error {
    /// Enough.
    public init() {}
  }

  /// How often `work` looks up.
  public static func looks(_ work: () throws -> Void) rethrows -> Int {
    var looks = 0
    try LongWork.run(lookingUp: { looks += 1 }, work)
    return looks
  }

  /// Has `work` end at its look of that number, counted from 1; throws `Enough` where it does.
  public static func end(atLook last: Int, _ work: () throws -> Void) throws {
    var looks = 0
    try LongWork.run(
      lookingUp: {
        looks += 1
        if looks >= last { throw Enough() }
      }, work)
  }
}
