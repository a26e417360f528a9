/// What a sample of a published set may have, each for one modality of a run.
public enum Medium: String, Sendable, CaseIterable, Comparable {
  case audio, image, video, text

  /// In the order in which they are declared.
  public static func < (a: Medium, b: Medium) -> Bool {
    let order = allCases
    return order.firstIndex(of: a) ?? 0 < order.firstIndex(of: b) ?? 0
  }
}

/// A part of a set.
public enum Part: String, Sendable, CaseIterable, Comparable {
  case train
  /// What some authors keep apart to choose settings by.
  case dev
  case test

  /// In the order in which they are declared.
  public static func < (a: Part, b: Part) -> Bool {
    let order = allCases
    return order.firstIndex(of: a) ?? 0 < order.firstIndex(of: b) ?? 0
  }
}
