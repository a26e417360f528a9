/// What `./launch doctor --network` measures, or what is made of a bandwidth and a latency. SI units.
public struct NetworkProfile: Codable, Sendable, Equatable, VersionedFile {
  /// The layout of such files that this build writes and reads.
  public static let currentVersion = 1
  /// What it is called in messages.
  public static let subject = "network profile"

  /// Pairs of ranks that messages reach in the same way.
  public struct Link: Codable, Sendable, Equatable {
    /// One way with the receiver awake, by bytes, in seconds.
    public var awake: Curve
    /// One way with the receiver asleep, by bytes, in seconds.
    public var asleep: Curve
    /// Bytes a second of a stream in pieces of 256 KiB.
    public var oneWay: Double
    /// Of each of two streams that cross.
    public var bothWays: Double
    /// Of all streams of so many senders into one receiver together.
    public var into: Curve

    /// All that was measured.
    public init(awake: Curve, asleep: Curve, oneWay: Double, bothWays: Double, into: Curve) {
      (self.awake, self.asleep) = (awake, asleep)
      (self.oneWay, self.bothWays, self.into) = (oneWay, bothWays, into)
    }

    /// What waking the receiver takes: asleep less awake, for small messages.
    public var wakeUp: Double {
      max(0, asleep(Double(Self.smallest)) - awake(Double(Self.smallest)))
    }

    private static let smallest = 64
  }

  /// The layout.
  public var version = currentVersion
  /// Where and when; nil: nowhere, it was made of two numbers.
  public var machine: MachineFacts?
  /// The hosts that took part.
  public var hosts: [String]
  /// Between ranks of one node.
  public var sameNode: Link
  /// Between nodes; nil: there was one node.
  public var betweenNodes: Link?
  /// Seconds to ask MPI once for messages when there are none; 0: nobody has measured.
  public var poll: Double

  /// All that was measured.
  public init(
    machine: MachineFacts?, hosts: [String], sameNode: Link, betweenNodes: Link?, poll: Double = 0
  ) {
    (self.machine, self.hosts) = (machine, hosts)
    (self.sameNode, self.betweenNodes, self.poll) = (sameNode, betweenNodes, poll)
  }

  /// The sizes of messages in a table: 4 bytes to 4 MiB in powers of 4.
  public static let sizes = (1...11).map { 1 << (2 * $0) }
  /// The bytes of a piece of a stream.
  public static let pieceByteCount = 256 << 10
}

extension NetworkProfile.Link {
  /// A link of so many bytes a second and so many seconds a message: a line, made where nobody has
  /// measured.
  ///
  /// - Parameter wakeUp: what waking a sleeping receiver takes.
  public init(bandwidth: Double, latency: Double, wakeUp: Double) {
    func line(_ more: Double) -> Curve {
      Curve(
        NetworkProfile.sizes.map {
          .init(Double($0), latency + more + Double($0) / bandwidth)
        })
    }
    self.init(
      awake: line(0), asleep: line(wakeUp), oneWay: bandwidth, bothWays: bandwidth,
      into: Curve([.init(1, bandwidth), .init(1024, bandwidth)]))
  }
}
