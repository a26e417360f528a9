extension EpochPlan {
  /// Turns in their order, each worked out when it is reached.
  public struct Turns: RandomAccessCollection, Sendable {
    private let epoch: Int
    private let cyclesPerEpoch: Int
    private let cycles: Range<Int>
    /// The order of a cycle, and the places in it that these turns have.
    private let order: [Int]
    private let places: Range<Int>

    fileprivate init(_ plan: EpochPlan, cycles: Range<Int>, places: Range<Int>) {
      epoch = plan.epoch
      cyclesPerEpoch = plan.cycleCount
      order = plan.order
      self.cycles = cycles
      self.places = places
    }

    /// The place of the first turn, which is no number of a turn.
    public var startIndex: Int { 0 }
    /// The place after the last turn.
    public var endIndex: Int { cycles.count * places.count }

    /// The turn at a place.
    public subscript(position: Int) -> Turn {
      let cycleInEpoch = cycles.lowerBound + position / places.count
      let place = places.lowerBound + position % places.count
      let cycle = epoch * cyclesPerEpoch + cycleInEpoch
      return Turn(
        index: cycle * order.count + place, epoch: epoch, cycle: cycle,
        cycleInEpoch: cycleInEpoch, cyclesPerEpoch: cyclesPerEpoch, modality: order[place])
    }
  }

  /// The turns of the plan, of all modalities.
  public var turns: Turns { Turns(self, cycles: cycles, places: order.indices) }

  /// The turns of one modality: one in each cycle.
  public func turns(of modality: Int) -> Turns {
    let place = place(of: modality)
    return Turns(self, cycles: cycles, places: place..<place + 1)
  }

  /// The turns that follow one in its own cycle.
  public func turns(after turn: Turn) -> Turns {
    Turns(
      self, cycles: turn.cycleInEpoch..<turn.cycleInEpoch + 1,
      places: place(of: turn.modality) + 1..<order.count)
  }

  private func place(of modality: Int) -> Int {
    guard let place = order.firstIndex(of: modality) else {
      preconditionFailure("modality \(modality) of \(order.count)")
    }
    return place
  }
}
