import Glibc
import Tensors

/// Where a rank's mini-batches come from: loaded ahead where that takes long, else at once.
public final class BatchFeed {
  private let maker: SampleMaker
  private let loader: BatchLoader?
  /// Seconds that `load` took, all told.
  public private(set) var waitedSeconds = 0.0

  /// A feed of samples of `source`.
  ///
  /// - Parameters:
  ///   - loaders: the threads that load ahead what takes long; 0: none.
  ///   - makeMaker: makes what one thread makes samples with.
  ///   - successor: the mini-batch that follows another; nil: it is the last.
  public init(
    of source: any SampleSource, loaders: Int,
    successor: @escaping (BatchRequest) -> BatchRequest? = { _ in nil },
    _ makeMaker: () throws -> SampleMaker
  ) throws {
    maker = try makeMaker()
    guard source.isLoadedAhead, loaders > 0 else {
      loader = nil
      return
    }
    let makers = try (0..<loaders).map { _ in try makeMaker() }
    let loader = BatchLoader(
      makers, stride: source.sampleShape.elementCount, successor: successor)
    self.loader = loader.isAlive ? loader : nil
  }

  /// A feed of mini-batches that are evaluated, one after the other. A row stands in one of them.
  public convenience init(
    of source: any SampleSource, loaders: Int, evaluating requests: [BatchRequest]
  ) throws {
    let followers = Dictionary(
      zip(requests.map(\.rows.first), requests.dropFirst()), uniquingKeysWith: { first, _ in first }
    )
    try self.init(of: source, loaders: loaders, successor: { followers[$0.rows.first] }) {
      try SampleMaker(source)
    }
  }

  /// A feed of samples as they are, read when they are wanted.
  public init(copying source: any SampleSource) {
    maker = SampleMaker(copying: source)
    loader = nil
  }

  /// Writes a mini-batch to `input`.
  public func load(_ request: BatchRequest, into input: Tensor) throws {
    let start = Self.seconds
    defer { waitedSeconds += Self.seconds - start }
    if let loader { return try loader.load(request, into: input) }
    input.count = request.rows.count
    for place in request.rows.indices {
      try LongWork.step()
      try input.buffer(of: place).withMutableSpan {
        try maker.make(place, of: request, into: &$0)
      }
    }
  }

  private static var seconds: Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }
}
