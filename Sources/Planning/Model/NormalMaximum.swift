/// The expected maximum of so many independent standard normal numbers: what waiting for the slowest of
/// several ranks costs, in standard deviations.
enum NormalMaximum {
  /// By numerical integration of `x n phi(x) Phi(x)^(n-1)`.
  private static let table = Curve([
    .init(2, 0.5642), .init(4, 1.0294), .init(8, 1.4236), .init(16, 1.7660), .init(32, 2.0697),
    .init(64, 2.3437), .init(128, 2.5946), .init(256, 2.8269), .init(512, 3.0439),
    .init(1024, 3.2482), .init(2048, 3.4418),
  ])

  static func expected(of count: Int) -> Double { count < 2 ? 0 : table(Double(count)) }

  /// Standard deviations a half distance between quartiles.
  static let deviationsPerSpread = 1 / 0.6745
}
