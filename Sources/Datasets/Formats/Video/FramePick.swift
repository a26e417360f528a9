import Tensors

/// Which frames of a clip a sample shows: one out of each of several parts of equal length.
public struct FramePick: Sendable, Equatable {
  /// Which frame of a part.
  public enum Place: String, Sendable, CaseIterable {
    /// Training shows any, each time another; evaluation the middle one (BalanceBenchmark).
    case random
    /// The middle one.
    case middle
    /// The first one (MLA).
    case first
  }

  /// The most frames of a part that training chooses from: more of them look alike.
  static let mostChoices = 16

  /// The number of frames that a sample shows.
  public var count = 3
  /// Which frame of a part.
  public var place = Place.random

  /// Three frames, at random in training.
  public init() {}

  /// How many frames of each part may be shown, of a clip with `total` frames.
  func choices(of total: Int) -> Int {
    place == .random ? max(1, min(total / count, Self.mostChoices)) : 1
  }

  /// The numbers of the frames that may be shown, part by part, `choices` each.
  ///
  /// A part has `total / count` frames, rounded down; where that is none, frames stand in several parts.
  func numbers(of total: Int) -> [Int] {
    precondition(total > 0)
    let length = total / count
    guard length > 0 else { return (0..<count).map { $0 * total / count } }
    let choices = choices(of: total)
    return (0..<count).flatMap { part in
      (0..<choices).map { choice in
        let offset =
          switch place {
          case .random: choice * length / choices
          case .middle: length / 2
          case .first: 0
          }
        return part * length + offset
      }
    }
  }

  /// Which of its `choices` a part shows; without `random` numbers, the middle.
  func choice(of choices: Int, random: inout SeededGenerator?) -> Int {
    random?.integer(below: choices) ?? choices / 2
  }
}
