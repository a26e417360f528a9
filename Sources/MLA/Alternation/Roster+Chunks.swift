extension Roster {
  /// The samples that a modality has, in ascending order and at most `size` at a time: the forward
  /// passes of an evaluation, the same for the rank that makes them and the one that hears of them.
  public func chunks(of modality: Int, size: Int) -> [ArraySlice<Int>] {
    let samples = samples(of: modality)
    return stride(from: 0, to: samples.count, by: size).map {
      samples[$0..<min($0 + size, samples.count)]
    }
  }
}
