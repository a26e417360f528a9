import Exchange
import Methods

/// A model and a head for each modality, trained one after the other, each for some epochs.
struct RoundTraining: TrainingMethod {
  static let kind = "rounds"
  static let meaning = "Separate models, trained one after the other for some epochs each."
  static let options = [
    MethodOption<Self>("epochs", .whole(\.epochs, 1...1_000), "the epochs of a modality's round")
  ]
  static let messageKinds = [Progress.kind]

  /// The epochs that a modality trains before the next one does.
  var epochs = 1
  let headPlace = HeadPlace.worker
  let isConducted = false

  func traffic(
    modalityCount: Int, classCount: Int, featureCount: Int, sampleCount: Int
  ) -> Traffic {
    Traffic(down: 0, up: Frame.headerByteCount + TrainingTotals.byteCount)
  }

  /// Whose round an epoch is.
  func modality(ofEpoch epoch: Int, of count: Int) -> Int { epoch / epochs % count }
}
