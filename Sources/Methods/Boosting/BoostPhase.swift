/// A part of a run of `ReconBoost` in which the same modalities are trained.
public struct BoostPhase: Sendable, Equatable {
  /// The stage, from 0.
  public let stage: Int
  /// Whether its modality is trained alone; else all members together.
  public let isAlone: Bool
  /// The modality whose stage it is.
  public let modality: Int
  /// The modalities whose logits count in it, ascending.
  public let members: [Int]
  /// The modality of the stage before; nil: there was none, or it is the same.
  public let previous: Int?

  /// The members but for the modality whose stage it is.
  public var others: [Int] { members.filter { $0 != modality } }
}

extension ReconBoost {
  /// The phase that an epoch belongs to.
  ///
  /// - Parameter order: the modalities in the order of their stages.
  public func phase(ofEpoch epoch: Int, order: [Int]) -> BoostPhase {
    let (stage, within) = epoch.quotientAndRemainder(dividingBy: stageEpochs + jointEpochs)
    let isAlone = within < stageEpochs
    // Without joint epochs a modality is a member when its stage begins.
    let joined = stage + (isAlone && jointEpochs > 0 ? 0 : 1)
    let modality = order[stage % order.count]
    let previous = stage > 0 ? order[(stage - 1) % order.count] : modality
    return BoostPhase(
      stage: stage, isAlone: isAlone, modality: modality,
      members: (allAreMembers ? order : Array(order.prefix(joined))).sorted(),
      previous: previous == modality ? nil : previous)
  }

  /// Whether an epoch is the first of its phase.
  public func beginsPhase(epoch: Int, order: [Int]) -> Bool {
    epoch == 0 || phase(ofEpoch: epoch, order: order) != phase(ofEpoch: epoch - 1, order: order)
  }
}
