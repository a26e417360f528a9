/// What became of one job.
public enum JobOutcome: Sendable, Equatable {
  /// It told its times; `foreign` is what others took of a core meanwhile.
  case ran(LayoutReport, foreign: Double)
  /// It failed, and said why. One that was refused is not started again.
  case failed(String, isRefusal: Bool)
}

/// One round: every layout once.
public struct Round: Sendable {
  /// Its number, from 1.
  public let number: Int
  /// What became of each layout, in the order of the layouts; nil: it was not run.
  public var outcomes: [JobOutcome?]

  /// A round that is still to be run.
  init(_ number: Int, layouts: Int) {
    self.number = number
    outcomes = Array(repeating: nil, count: layouts)
  }

  /// The most that others took of a core during one of its jobs.
  public var foreign: Double {
    outcomes.compactMap { if case .ran(_, let foreign)? = $0 { foreign } else { nil } }.max() ?? 0
  }

  /// The report of a layout.
  func report(_ layout: Int) -> LayoutReport? {
    if case .ran(let report, _)? = outcomes[layout] { report } else { nil }
  }
}
