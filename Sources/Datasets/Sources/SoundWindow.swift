import Tensors

/// Which part of a sound a clip is: repeated, cut, padded with zeros.
struct SoundWindow {
  /// The samples of a clip.
  let sampleCount: Int
  /// The samples up to which a sound is repeated; nil: it is not.
  let tileCount: Int?
  let alignment: AudioOptions.Alignment
  /// Whether short sounds become whole clips; else they stay short.
  let padsShort: Bool

  init(
    sampleCount: Int, tileCount: Int?, _ alignment: AudioOptions.Alignment, padsShort: Bool
  ) {
    self.sampleCount = sampleCount
    self.tileCount = tileCount
    self.alignment = alignment
    self.padsShort = padsShort
  }

  /// The length of a sound of `count` samples after it was repeated.
  func virtualCount(_ count: Int) -> Int { max(count, tileCount ?? 0) }

  /// Writes the part of `samples` that is wanted to `clip`, and returns its length.
  ///
  /// A long sound is cut: `start` keeps its beginning, `centre` its middle, of an odd rest one more at
  /// the end; `random` a piece that begins anywhere, each place as likely, and its middle without
  /// `random` numbers. A short one is padded: behind, or with `centre` on both sides, where an odd zero
  /// more goes to the end.
  func cut(
    _ samples: Span<Float>, random: inout SeededGenerator?, into clip: inout MutableSpan<Float>
  ) -> Int {
    let length = virtualCount(samples.count)
    let spare = length - sampleCount
    let skipped =
      switch alignment {
      case _ where spare <= 0: 0
      case .start: 0
      case .centre: spare / 2
      case .random: random?.integer(below: spare + 1) ?? spare / 2
      }
    let lead = padsShort && alignment == .centre ? max(0, -spare) / 2 : 0
    let kept = min(length, sampleCount)
    for place in 0..<lead { clip[place] = 0 }
    if skipped + kept <= samples.count {
      for place in 0..<kept { clip[lead + place] = samples[skipped + place] }
    } else {
      for place in 0..<kept { clip[lead + place] = samples[(skipped + place) % samples.count] }
    }
    guard padsShort else { return kept }
    for place in lead + kept..<sampleCount { clip[place] = 0 }
    return sampleCount
  }
}
