/// The links of a simulated job, in seconds and bytes.
public struct SimulatedLinks: Sendable {
  /// The node of each rank.
  public var nodes: [Int]
  /// What a message from rank to rank is taken to have, in bytes, which has or was declared to have so many.
  public var byteCount: @Sendable (_ from: Int, _ to: Int, _ given: Int) -> Double
  /// One way for a message of so many bytes, from rank to rank, when nothing else is under way.
  public var latency: @Sendable (_ from: Int, _ to: Int, _ byteCount: Double) -> Double
  /// What a receiver that sleeps takes to wake up, from rank to rank.
  public var wakeUp: @Sendable (_ from: Int, _ to: Int) -> Double
  /// How long a message of so many bytes keeps the link of a node to others busy, in each direction.
  public var wire: @Sendable (_ byteCount: Double) -> Double
  /// What a rank does at once with a message that it has received from another.
  public var work: @Sendable (_ receiver: Int, _ sender: Int) -> Double

  /// Links between ranks on these nodes.
  public init(
    nodes: [Int],
    byteCount: @escaping @Sendable (Int, Int, Int) -> Double = { Double($2) },
    latency: @escaping @Sendable (Int, Int, Double) -> Double,
    wakeUp: @escaping @Sendable (Int, Int) -> Double = { _, _ in 0 },
    wire: @escaping @Sendable (Double) -> Double,
    work: @escaping @Sendable (Int, Int) -> Double = { _, _ in 0 }
  ) {
    (self.nodes, self.byteCount, self.latency) = (nodes, byteCount, latency)
    (self.wakeUp, self.wire, self.work) = (wakeUp, wire, work)
  }
}
