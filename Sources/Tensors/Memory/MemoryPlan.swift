import Glibc

/// Counts the memory that some work asks for and, unless the plan is carried out, does not take it.
///
/// What is made within a plan has its size, but no memory: it must not be computed with, and filling it
/// does nothing. So the code that takes memory is also what says how much it will take, and there is no
/// second account to be kept in step with it.
public final class MemoryPlan {
  /// The bytes that are asked for and not given back yet.
  public private(set) var byteCount = 0
  /// Whether the memory is taken all the same: then this counts what there is.
  public let isCarriedOut: Bool

  /// A plan of nothing so far.
  public init(isCarriedOut: Bool = false) { self.isCarriedOut = isCarriedOut }

  /// Counts what the calling thread asks for in `body`, for as long as it is held.
  public func counting<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = pthread_getspecific(ThreadValues.plan)
    pthread_setspecific(ThreadValues.plan, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(ThreadValues.plan, before) }
    return try body()
  }

  /// The plan that the calling thread's memory is counted in.
  static var current: MemoryPlan? {
    pthread_getspecific(ThreadValues.plan).map {
      Unmanaged<MemoryPlan>.fromOpaque($0).takeUnretainedValue()
    }
  }

  func add(_ change: Int) {
    let (sum, overflows) = byteCount.addingReportingOverflow(change)
    byteCount = overflows ? .max : sum
  }
}
