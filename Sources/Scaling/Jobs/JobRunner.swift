/// Whoever runs one layout once: `./launch`, or a test.
public protocol JobRunner: AnyObject {
  /// Runs a layout to its end, whatever that is.
  ///
  /// - Throws: where the whole experiment shall end.
  func run(_ layout: Layout, round: Int) throws -> JobOutcome
}
