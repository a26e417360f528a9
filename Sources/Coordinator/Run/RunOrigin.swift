import Configuration
import Exchange
import Storage
import Tensors

/// What a run goes on from: a checkpoint with all that training must not forget, or weights that are
/// only evaluated.
public struct RunOrigin: Sendable {
  /// The folder of the weights, below the run's.
  public let folder: String
  /// How much of the run is done.
  public let position: RunPosition
  /// Whether training goes on.
  let isResumed: Bool
  /// Seconds that the run took until then.
  let seconds: Double
  /// The run's checkpoints, the oldest first.
  let standing: [String]
  /// Those that cannot be used.
  let damaged: [String]
  /// What was written last of the modalities that the run goes on without, by place.
  let absent: [Int: CheckpointManifest.Part]
  /// The most samples of each modality's forward passes, where only test samples are looked at; nil: all are
  /// opened.
  let testCapacities: [Int]?
  private let manifest: CheckpointManifest?
  private let allowsInexact: Bool

  /// Weights of a run that are evaluated.
  ///
  /// - Parameter testCapacities: the most samples of each modality's forward passes, where only test samples are
  ///   looked at; nil: all samples are opened.
  public init(evaluating folder: String, of run: String, testCapacities: [Int]? = nil) {
    self.testCapacities = testCapacities
    self.folder = folder
    position = RunPosition()
    isResumed = false
    seconds = 0
    (standing, damaged, absent) = ([], [], [:])
    // Those of a modality that was absent are in an earlier checkpoint. What is wrong with the weights
    // themselves will be found in them.
    manifest = try? CheckpointManifest(of: "\(run)/\(folder)")
    allowsInexact = true
  }

  /// A checkpoint that training goes on from.
  ///
  /// - Parameters:
  ///   - standing: the run's checkpoints, the oldest first.
  ///   - damaged: those that cannot be used.
  ///   - absent: the names of modalities that the run goes on without.
  ///   - allowsInexact: whether other data and processors are taken, though other bits follow.
  public init(
    resuming manifest: CheckpointManifest, in folder: String, standing: [String],
    damaged: [String], absent: [String], allowsInexact: Bool
  ) {
    testCapacities = nil
    self.folder = folder
    position = manifest.progress
    isResumed = true
    seconds = manifest.seconds
    (self.standing, self.damaged) = (standing, damaged)
    self.manifest = manifest
    self.allowsInexact = allowsInexact
    let parts = manifest.parts.dropFirst().enumerated().filter { absent.contains($1.role) }
    self.absent = Dictionary(
      uniqueKeysWithValues: parts.map { modality, part in
        var part = part
        if part.folder.isEmpty { part.folder = folder }
        return (modality, part)
      })
  }

  /// The folder, below the run's, that a modality's weights are in.
  public func folder(of modality: Int) -> String {
    guard let manifest, manifest.parts.indices.contains(modality + 1) else { return folder }
    let part = manifest.parts[modality + 1]
    return part.folder.isEmpty ? folder : part.folder
  }

  /// Whether the run goes on to the bits that it would have had: no modality was absent, or is.
  private var isExact: Bool {
    absent.isEmpty && manifest?.parts.allSatisfy(\.folder.isEmpty) ?? true
  }

  /// Throws where the ranks have other data, or compute with something else, than those that wrote the
  /// checkpoint.
  func check(
    _ inventories: [Inventory], host: String, of configuration: RunConfiguration
  ) throws {
    guard let manifest, !allowsInexact else { return }
    var differences: [String] = []
    let present = configuration.modalities.indices.filter { absent[$0] == nil }
    let here: [(name: String, host: String, Arithmetic, data: String)] =
      [("coordinator", host, .here, try configuration.data.loadGroups().digest)]
      + present.map {
        let inventory = inventories[$0]
        return (
          "modality \(configuration.modalities[$0].name)", inventory.host, inventory.arithmetic,
          inventory.digest
        )
      }
    for (rank, part) in zip(here, [manifest.parts[0]] + present.map { manifest.parts[$0 + 1] }) {
      let (name, host, arithmetic, data) = rank
      // Portable products are the same bits on every processor.
      if configuration.execution.products == .openblas,
        arithmetic.coreType != part.arithmetic.coreType
      {
        differences.append(
          "\(name) on host \(host) computes with OpenBLAS for \(arithmetic.coreType), but on host \(part.host) it was for \(part.arithmetic.coreType)"
        )
      }
      if data != part.data {
        differences.append(
          name == "coordinator"
            ? "data.groups is not the file that the run was trained with"
            : "the data of \(name) on host \(host) are not those that the run was trained on (ids, labels, sizes or values differ)"
        )
      }
    }
    guard differences.isEmpty else { throw CoordinatorError.otherBits(differences) }
  }

  /// Where training goes on. An epoch that is another one now, because a modality has gone or come, is
  /// over.
  ///
  /// - Throws: where an epoch has another number of cycles for other reasons.
  func start(cyclesPerEpoch: Int) throws -> RunPosition {
    guard let manifest, manifest.cyclesPerEpoch != cyclesPerEpoch, position.cycle > 0 else {
      return position
    }
    guard !isExact else {
      throw CoordinatorError.otherEpochs(
        found: cyclesPerEpoch, was: manifest.cyclesPerEpoch, position: position)
    }
    return RunPosition(epoch: position.epoch + 1)
  }

  /// What is to be said of modalities that the run goes on without, a sentence each.
  var absences: [String] {
    absent.values.sorted { $0.role < $1.role }.map { part in
      let since = CheckpointFolder.position(of: part.folder).map { " after \($0)" } ?? ""
      return
        "modality \(part.role) is absent: the others train on, and its encoder stays as it was\(since); resume without --without \(part.role) when it is back"
    }
  }
}
