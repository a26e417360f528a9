import Storage
import Tensors

/// Loads mini-batches on threads of its own, some ahead of the one that is wanted.
///
/// Each sample is made by one thread, and what it draws follows from its place in training: so the
/// number of threads, and what they happen to do first, change no bit.
public final class BatchLoader {
  /// How many mini-batches are held: the one that is wanted, and those that come next.
  public static let held = 3

  private let monitor = Monitor()
  private let work: Work
  private let crew: ThreadCrew
  private let successor: (BatchRequest) -> BatchRequest?

  /// A loader of mini-batches of samples of `stride` values.
  ///
  /// - Parameters:
  ///   - makers: one for each thread.
  ///   - successor: the mini-batch that follows another; nil: it is the last.
  public init(
    _ makers: [SampleMaker], stride: Int, successor: @escaping (BatchRequest) -> BatchRequest?
  ) {
    let work = Work(makers, stride: stride, monitor)
    self.work = work
    self.successor = successor
    crew = ThreadCrew(makers.count) { work.serve($0) }
  }

  deinit { work.end() }

  /// Whether there is any thread to load with.
  public var isAlive: Bool { crew.count > 0 }

  /// Waits for a mini-batch and writes it to `input`; meanwhile those that follow are loaded. Throws the
  /// first of its samples' errors, by their order.
  public func load(_ request: BatchRequest, into input: Tensor) throws {
    monitor.locked { work.expect(request, successor) }
    let batch = try monitor.locked {
      while work.first?.isDone == false {
        monitor.wait(milliseconds: 20)
        try LongWork.step()
      }
      return work.removeFirst()
    }
    guard let batch else { preconditionFailure("the mini-batch was never asked for") }
    if let failure = batch.failure { throw failure.error }
    input.count = request.rows.count
    input.held.update(from: batch.values[0..<input.elementCount])
    monitor.locked { work.recycle(batch) }
  }
}

/// A mini-batch that is being loaded.
private final class LoadedBatch {
  let request: BatchRequest
  let values: Buffer<Float>
  /// The samples that no thread has taken yet, and those that are not there yet.
  var next = 0
  var left: Int
  /// The first sample that failed.
  var failure: (place: Int, error: any Error)?

  init(_ request: BatchRequest, _ values: Buffer<Float>) {
    self.request = request
    self.values = values
    left = request.rows.count
  }

  var isDone: Bool { left == 0 }
}

/// What the threads share; all of it but `serve` happens within the monitor.
private final class Work: @unchecked Sendable {
  private let makers: [SampleMaker]
  private let stride: Int
  private let monitor: Monitor
  private var batches: [LoadedBatch] = []
  private var spare: [Buffer<Float>] = []
  private var isOver = false

  init(_ makers: [SampleMaker], stride: Int, _ monitor: Monitor) {
    self.makers = makers
    self.stride = stride
    self.monitor = monitor
  }

  var first: LoadedBatch? { batches.first }

  /// Sees to it that `request` is the first mini-batch and that those after it follow.
  func expect(_ request: BatchRequest, _ successor: (BatchRequest) -> BatchRequest?) {
    // Threads may still be at what is dropped; it is theirs then.
    if batches.first?.request != request { batches = [] }
    var wanted: BatchRequest? = batches.last.map { successor($0.request) } ?? request
    while batches.count < BatchLoader.held, let request = wanted {
      batches.append(LoadedBatch(request, room(for: request.rows.count)))
      wanted = successor(request)
    }
    monitor.ring()
  }

  func removeFirst() -> LoadedBatch? { batches.isEmpty ? nil : batches.removeFirst() }

  /// Takes back the memory of a mini-batch that is done.
  func recycle(_ batch: LoadedBatch) {
    if spare.count < BatchLoader.held { spare.append(batch.values) }
  }

  func end() {
    monitor.locked {
      isOver = true
      monitor.ring()
    }
  }

  /// What a thread does until the end.
  func serve(_ number: Int) {
    while let (batch, place) = take() {
      var failure: (any Error)?
      do {
        try Trace.span("sample", on: .loader(number)) {
          try batch.values[place * stride..<(place + 1) * stride].withMutableSpan {
            try makers[number].make(place, of: batch.request, into: &$0)
          }
        }
      } catch {
        failure = error
      }
      monitor.locked {
        if let failure, place < batch.failure?.place ?? .max { batch.failure = (place, failure) }
        batch.left -= 1
        if batch.isDone { monitor.ring() }
      }
    }
  }

  /// The next sample to make; waits for one. nil: it is over.
  private func take() -> (LoadedBatch, Int)? {
    monitor.locked {
      while !isOver {
        if let batch = batches.first(where: { $0.next < $0.request.rows.count }) {
          defer { batch.next += 1 }
          return (batch, batch.next)
        }
        monitor.wait()
      }
      return nil
    }
  }

  private func room(for count: Int) -> Buffer<Float> {
    if let place = spare.firstIndex(where: { $0.count >= count * stride }) {
      return spare.remove(at: place)
    }
    return Buffer(count * stride)
  }
}
