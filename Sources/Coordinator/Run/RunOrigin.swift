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
  private let manifest: CheckpointManifest?
  private let allowsInexact: Bool

  /// Weights that are evaluated.
  init(evaluating folder: String) {
    self.folder = folder
    position = RunPosition()
    isResumed = false
    seconds = 0
    (standing, damaged) = ([], [])
    manifest = nil
    allowsInexact = false
  }

  /// A checkpoint that training goes on from.
  ///
  /// - Parameters:
  ///   - standing: the run's checkpoints, the oldest first.
  ///   - damaged: those that cannot be used.
  ///   - allowsInexact: whether other data and processors are taken, though other bits follow.
  public init(
    resuming manifest: CheckpointManifest, in folder: String, standing: [String],
    damaged: [String], allowsInexact: Bool
  ) {
    self.folder = folder
    position = manifest.progress
    isResumed = true
    seconds = manifest.seconds
    (self.standing, self.damaged) = (standing, damaged)
    self.manifest = manifest
    self.allowsInexact = allowsInexact
  }

  /// Throws where the ranks have other data, or compute with something else, than those that wrote the
  /// checkpoint.
  func check(
    _ inventories: [Inventory], host: String, of configuration: RunConfiguration
  ) throws {
    guard let manifest, !allowsInexact else { return }
    var differences: [String] = []
    let here: [(name: String, host: String, Arithmetic, data: String)] =
      [("coordinator", host, .here, "")]
      + zip(configuration.modalities, inventories).map {
        ("modality \($0.name)", $1.host, $1.arithmetic, $1.digest)
      }
    for (rank, part) in zip(here, manifest.parts) {
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
          "the data of \(name) on host \(host) are not those that the run was trained on (ids, labels, sizes or values differ)"
        )
      }
    }
    guard differences.isEmpty else { throw CoordinatorError.otherBits(differences) }
  }

  /// Throws where an epoch has another number of cycles than when the checkpoint was written.
  func check(cyclesPerEpoch: Int) throws {
    guard let manifest, manifest.cyclesPerEpoch != cyclesPerEpoch, position.cycle > 0 else {
      return
    }
    throw CoordinatorError.otherEpochs(
      found: cyclesPerEpoch, was: manifest.cyclesPerEpoch, position: position)
  }
}
