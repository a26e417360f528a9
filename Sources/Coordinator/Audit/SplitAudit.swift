import Configuration
import Exchange
import MLA

/// What is wrong with the splits of a run's data, found without a model.
public struct SplitAudit: Sendable {
  /// How many samples of a split each class has.
  public struct Balance: Sendable, Equatable {
    /// `training`, `validation` or `test`.
    public let name: String
    /// One number a class.
    public let counts: [Int]
    /// All of them.
    public var total: Int { counts.reduce(0, +) }
  }

  /// The classes of each split that has samples.
  public private(set) var balances: [Balance] = []
  /// How many groups the samples of the training and test files are in; 0: none are known.
  public private(set) var groupCount = 0
  /// Samples that were not compared, for each modality that has some: blank ones and short texts.
  public private(set) var leftOut: [(modality: String, blank: Int, short: Int)] = []
  /// What was found, in the order of `AuditFinding.Kind`.
  public private(set) var findings: [AuditFinding] = []

  /// Looks at what the modalities have.
  ///
  /// - Parameters:
  ///   - likenesses: which samples of each modality are alike.
  ///   - configuration: the run whose splits these are.
  /// - Throws: where a worker's likeness is not of its inventory.
  public init(
    _ inventories: [Inventory], _ likenesses: [Likeness], _ configuration: RunConfiguration
  ) throws {
    for (inventory, likeness) in zip(inventories, likenesses) {
      guard likeness.contents.count == inventory.train.ids.count + inventory.test.ids.count else {
        throw ExchangeError.misfit(kind: Likeness.kind, number: -1)
      }
    }
    let names = configuration.modalities.map(\.name)
    leftOut = zip(names, likenesses).compactMap { name, likeness in
      let (blank, short) = (
        likeness.contents.count { $0 == Likeness.blank },
        likeness.contents.count { $0 == Likeness.short }
      )
      return blank + short > 0 ? (name, blank, short) : nil
    }
    var configuration = configuration
    findings += Self.refusals(inventories, &configuration)
    let joined: AuditedSamples
    do {
      joined = try AuditedSamples(inventories, configuration)
    } catch is CoordinatorError {
      return
    }
    groupCount = Set(joined.samples.compactMap(\.group)).count
    balances = Self.balances(of: joined, classCount: configuration.classes.count)
    findings += Self.sharedIDs(joined) + Self.sharedGroups(joined)
    for (modality, likeness) in likenesses.enumerated() {
      let contents = AuditedContents(joined, likeness, modality: modality, named: names[modality])
      findings += contents.identical + contents.near + contents.conflicting
    }
    findings +=
      Self.idsApart(joined, names: names) + Self.classes(balances, names: configuration.classes)
    sort()
  }

  /// Adds what needs a trained model.
  public mutating func add(_ more: [AuditFinding]) {
    findings += more
    sort()
  }

  private mutating func sort() {
    // Equal kinds stay in the order in which they were found.
    findings = AuditFinding.Kind.allCases.flatMap { kind in findings.filter { $0.kind == kind } }
  }

  /// What a run would refuse; that test samples are training samples, and modalities apart, is said by
  /// findings of their own.
  private static func refusals(
    _ inventories: [Inventory], _ configuration: inout RunConfiguration
  ) -> [AuditFinding] {
    configuration.data.allowsOverlap = true
    do {
      _ = try RosterBuilder(inventories, configuration: configuration)
      return []
    } catch CoordinatorError.nothingJoint {
      return []
    } catch {
      return [AuditFinding(.refused, "\(error)")]
    }
  }
}

extension CoordinatorSession {
  /// Hears of every modality's samples and looks at the splits. Only the rank that speaks for a modality
  /// has a part; what is in the samples stays on its host.
  public func audit() throws -> SplitAudit {
    let ranks = layout.leaders
    endpoint.dependants = Array(1..<max(1, endpoint.worldSize))
    for (modality, rank) in ranks.enumerated() {
      endpoint.describe(rank, as: "modality \(configuration.modalities[modality].name)")
      let work = Assignment.Work(
        modality: modality, place: .alone(rank), configuration: configuration.yaml,
        runDirectory: "", weights: "", isAudit: true, coordinator: "coordinator, host \(host)")
      try endpoint.send(Assignment.work(work), to: rank)
    }
    let began = ContinuousClock.now
    defer { endpoint.whileWaiting = nil }
    let told = try Team.fromEach(Array(ranks.enumerated())) { modality, rank in
      endpoint.whileWaiting = { [self] in
        observer.waitsForData(
          of: configuration.modalities[modality].name,
          seconds: (ContinuousClock.now - began).seconds)
      }
      let inventory = try endpoint.receive(Inventory(), from: rank)
      return (inventory, try endpoint.receive(Likeness(), from: rank))
    }
    return try SplitAudit(told.map(\.0), told.map(\.1), configuration)
  }
}
