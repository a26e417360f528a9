import Synchronization

/// The memory that the decoded samples of one rank may take.
public final class MemoryBudget: Sendable {
  private let left: Mutex<Int>

  /// A budget of so many bytes.
  public init(byteCount: Int) { left = Mutex(byteCount) }

  /// Takes so many bytes of it; false: there are not as many left, and nothing is taken.
  func take(_ byteCount: Int) -> Bool {
    left.withLock { left in
      guard byteCount <= left else { return false }
      left -= byteCount
      return true
    }
  }
}

/// Decoded samples that are kept in memory: those that came first, as long as the budget lasts.
///
/// An epoch sees each sample once, so none is worth more than another, and what is kept stays.
final class DecodedCache: Sendable {
  private let budget: MemoryBudget
  private let samples: Mutex<[DecodedSample?]>
  private let held = Mutex(0)

  /// A cache of up to `count` samples.
  init(count: Int, within budget: MemoryBudget) {
    self.budget = budget
    samples = Mutex(Array(repeating: nil, count: count))
  }

  /// The bytes of all that is kept.
  var byteCount: Int { held.withLock(\.self) }

  /// What is kept of sample `index`.
  func sample(_ index: Int) -> DecodedSample? { samples.withLock { $0[index] } }

  /// Keeps a sample, where there is room and it is not there yet.
  func offer(_ sample: DecodedSample, for index: Int) {
    samples.withLock { samples in
      guard samples[index] == nil, budget.take(sample.byteCount) else { return }
      samples[index] = sample
      held.withLock { $0 += sample.byteCount }
    }
  }
}
