import Configuration
import Networks

/// What an experiment runs: its layouts, how often, how long, and on what conditions.
public struct ScalingPlan: Sendable {
  /// The numbers of modalities, rising.
  public var modalities: [Int] = []
  /// The numbers of ranks of one modality, rising.
  public var replicas: [Int] = []
  /// The parts that a mini-batch of that modality is cut into; nil: as many as it has ranks at most.
  public var shards: Int?
  /// The modality that gets these ranks; nil: the one that takes longest.
  public var scaledModality: String?
  /// The number of rounds, each of which runs every layout once.
  public var repeats = 5
  /// Cycles before the clock starts.
  public var warmUp = 5
  /// Cycles that are timed.
  public var cycles = 20
  /// The milliseconds of an encoder that only takes time; nil: encoders are what they are.
  public var standIns: Double?
  /// How much of a core others may take before a round is dropped.
  public var foreignLimit = 0.1
  /// The cores that ranks can have: of this machine, or of all hosts.
  public var cores = 1
  /// Where ranks start; nil: here.
  public var hostFile: String?
  /// What mpirun is told beside.
  public var mpiOptions: [String] = []

  /// A plan without layouts.
  public init() {}

  /// The layouts, in the order of tables.
  public var layouts: [Layout] {
    replicas.map { Layout(.strong, $0) } + modalities.map { Layout(.weak, $0) }
  }

  /// The parts of a mini-batch in all layouts of the kind `strong`.
  public var shardCount: Int { shards ?? replicas.max() ?? 1 }

  /// Throws where the experiment would say nothing, or cannot be made of `configuration`.
  public func check(_ configuration: RunConfiguration) throws {
    guard !layouts.isEmpty else {
      throw ScalingError("name what is scaled: --modalities 2,4 or --replicas 1,2, or both")
    }
    let names = configuration.modalities.map(\.name)
    if let scaledModality, !names.contains(scaledModality) {
      throw ScalingError(
        "--modality: found '\(scaledModality)', expected one of \(names.joined(separator: ", "))")
    }
    for count in replicas {
      let part = shardCount / count
      guard shardCount % count == 0, count == 1 || part & (part - 1) == 0 else {
        throw ScalingError(
          "--replicas: found \(count) beside \(shardCount) shards, expected numbers that divide the shards into powers of two, such as 1,2,4 with --shards 4"
        )
      }
    }
    if let count = modalities.last, count > Self.mostModalities {
      throw ScalingError(
        "--modalities: found \(count), expected at most \(Self.mostModalities)")
    }
    guard let most = layouts.map(\.count).max(), most > cores, standIns == nil else { return }
    let place =
      hostFile.map { "the hosts of \($0) have \(cores) slots" }
      ?? "this machine has \(Self.words(cores))"
    throw ScalingError(
      "a layout of \(most) ranks was asked for, but \(place): ranks that share a core say nothing about scaling; ask for fewer, name hosts with --hostfile, or add --stand-ins MS, encoders that take time and no core"
    )
  }

  private static func words(_ cores: Int) -> String { cores == 1 ? "1 core" : "\(cores) cores" }

  /// As many as a configuration can have.
  private static let mostModalities = 64
}

/// Why an experiment is not made, as one sentence.
public struct ScalingError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// A reason.
  public init(_ description: String) { self.description = description }
}
