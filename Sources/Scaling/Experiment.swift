import Runs

/// Runs every layout in every round, by turns, so that what disturbs one disturbs the others.
public final class Experiment {
  private let layouts: [Layout]
  private let repeats: Int
  private let runner: any JobRunner
  private let progress: (String) -> Void
  /// The rounds so far.
  public private(set) var rounds: [Round] = []
  private var refused: Set<Int> = []
  private var pace: Pace

  /// - Parameter progress: called with a line before each job.
  public init(
    _ layouts: [Layout], repeats: Int, runner: any JobRunner,
    progress: @escaping (String) -> Void = { _ in }
  ) {
    (self.layouts, self.repeats, self.runner, self.progress) = (layouts, repeats, runner, progress)
    pace = Pace(layouts.count)
  }

  /// Runs all rounds. What was run when an error ends it is in `rounds`.
  public func run() throws {
    for number in 1...max(1, repeats) {
      rounds.append(Round(number, layouts: layouts.count))
      let places = number.isMultiple(of: 2) ? layouts.indices.reversed() : Array(layouts.indices)
      for (done, place) in places.enumerated() where !refused.contains(place) {
        let rest = places[done...].filter { !refused.contains($0) }
        progress(line(number, place, rest: rest))
        let began = ContinuousClock.now
        let outcome = try runner.run(layouts[place], round: number)
        rounds[number - 1].outcomes[place] = outcome
        switch outcome {
        case .ran: pace.note(place, (ContinuousClock.now - began) / .seconds(1))
        case .failed(_, let isRefusal): if isRefusal { refused.insert(place) }
        }
      }
    }
  }

  private func line(_ round: Int, _ place: Int, rest: [Int]) -> String {
    let later = layouts.indices.filter { !refused.contains($0) }
    let left = pace.seconds(rest).flatMap { now in
      pace.seconds(later).map { now + Double(repeats - round) * $0 }
    }
    return [
      "round \(round)/\(repeats)", layouts[place].title,
      left.map { "\(Numerals.duration($0)) left" } ?? "time left unknown",
    ].joined(separator: " · ")
  }

  /// What each layout took the last time.
  private struct Pace {
    private var seconds: [Double?]

    init(_ count: Int) { seconds = Array(repeating: nil, count: count) }

    mutating func note(_ layout: Int, _ duration: Double) { seconds[layout] = duration }

    /// What some layouts will take; nil while nothing is known of any.
    func seconds(_ layouts: [Int]) -> Double? {
      guard let usual = Spread(seconds.compactMap { $0 })?.median else { return nil }
      return layouts.reduce(0) { $0 + (seconds[$1] ?? usual) }
    }
  }
}
