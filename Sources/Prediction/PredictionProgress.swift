import Runs

/// What is said while predictions are made, and when they are.
struct PredictionProgress {
  private let count: Int
  private let modalities: [String]
  private var done = 0
  private let began = ContinuousClock.now
  private var shown = ContinuousClock.now
  /// Seconds that writing took.
  var writing = 0.0

  /// The progress of so many samples.
  init(count: Int, modalities: [String]) { (self.count, self.modalities) = (count, modalities) }

  /// Adds samples; returns the line that shows how far they are, every tenth of a second.
  mutating func add(_ samples: Int) -> String? {
    done += samples
    let now = ContinuousClock.now
    guard shown.duration(to: now).seconds >= 0.1 else { return nil }
    shown = now
    return "\(Numerals.grouped(done)) of \(Numerals.grouped(count)) samples · \(rate) samples/s"
  }

  private var seconds: Double { began.duration(to: .now).seconds }

  private var rate: String { Numerals.grouped(Int(Double(done) / max(seconds, 1e-9))) }

  /// The line at the end: how many, how fast, and what took the time.
  ///
  /// - Parameter areTogether: whether the modalities' forward passes happen at the same time, on ranks.
  func summary(_ costs: PredictionStream.Costs, areTogether: Bool) -> String {
    let whole = max(seconds, 1e-9)
    func share(_ seconds: Double) -> String { "\(Int((seconds / whole * 100).rounded())) %" }
    let forward = costs.forward.reduce(0, +)
    let reading = costs.reading.reduce(0, +)
    let parts = [
      "forward passes \(share(forward))", "reading \(share(reading))",
      "fusing \(share(costs.fusing))", "writing \(share(writing))",
    ]
    let works =
      zip(modalities, costs.forward).map { ("the encoder of \($0)", $1) }
      + zip(modalities, costs.reading).map { ("reading \($0)", $1) }
      + [("fusing", costs.fusing), ("writing", writing)]
    let limit = works.max { $0.1 < $1.1 }?.0 ?? ""
    let times = areTogether ? "ranks together: " : ""
    // On ranks the slowest modality's passes are what all wait for.
    let passes = areTogether ? costs.forward.max() ?? 0 : forward
    let alone = Numerals.grouped(Int(Double(done) / max(passes, 1e-9)))
    return
      "\(Numerals.grouped(done)) samples in \(Numerals.duration(whole)), \(rate) samples/s (forward passes alone: \(alone)); \(times)\(parts.joined(separator: ", ")); most of it is \(limit)"
  }
}
