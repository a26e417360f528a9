import Glibc
import Storage
import Tensors
import Testing

@testable import Datasets

@Suite struct BatchLoaderTests {
  let files: NumberFiles

  init() throws { files = try NumberFiles() }

  /// Three mini-batches of four samples in each epoch, two epochs.
  private static func successor(of request: BatchRequest) -> BatchRequest? {
    guard let place = request.place else { return nil }
    let next = place.epoch * 3 + place.batch + 1
    return next < 6 ? batch(next) : nil
  }

  private static func batch(_ number: Int) -> BatchRequest {
    let first = number % 3 * 4
    return BatchRequest(
      [first + 3, first, first + 1, first + 2],
      at: TrainingPlace(epoch: number / 3, batch: number % 3))
  }

  private func feed(
    _ data: ModalityData, loaders: Int, options: AugmentationOptions = .init(), seed: UInt64 = 1
  ) throws -> BatchFeed {
    let augmentation = try Augmentation(options, sampleShape: [2], isText: false)
    return try BatchFeed(of: data.train, loaders: loaders, successor: Self.successor) {
      try SampleMaker(data.train, augmentation: augmentation, seed: seed, name: "m")
    }
  }

  private func load(_ request: BatchRequest, from feed: BatchFeed) throws -> [Float] {
    let input = Tensor([2], capacity: 4)
    try feed.load(request, into: input)
    return input.array
  }

  @Test func `any number of threads gives the same bits, in memory or from disk`() throws {
    try files.write(12)
    var options = AugmentationOptions()
    options.noise = 0.1
    func run(_ loaders: Int, memory: Int, seed: UInt64 = 1) throws -> [[Float]] {
      let data = try files.open { $0.memoryMebibytes = memory }
      let feed = try feed(data, loaders: loaders, options: options, seed: seed)
      return try (0..<6).map { try load(Self.batch($0), from: feed) }
    }
    let expected = try run(0, memory: 1)
    for loaders in 0...3 {
      for memory in [0, 1] { #expect(try run(loaders, memory: memory) == expected) }
    }
    #expect(try run(0, memory: 1, seed: 2) != expected)
    // Samples are in their order; each epoch, mini-batch and place draws numbers of its own.
    #expect(
      expected[1].enumerated().filter { $0.offset % 2 == 0 }.map { $0.element.rounded() } == [
        7, 4, 5, 6,
      ])
    let drawn = expected.flatMap { $0.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) }
    #expect(Set(drawn).count == 24)
  }

  @Test(arguments: [0, 2]) func `a run that goes on in the middle loads as one that never ended`(
    loaders: Int
  ) throws {
    try files.write(12)
    let data = try files.open()
    let whole = try feed(data, loaders: loaders)
    let all = try (0..<6).map { try load(Self.batch($0), from: whole) }
    let resumed = try feed(data, loaders: loaders)
    #expect(try (4..<6).map { try load(Self.batch($0), from: resumed) } == Array(all[4...]))
    // Back again, and to samples that are evaluated: what was loaded ahead is dropped.
    #expect(try load(Self.batch(2), from: resumed) == all[2])
    #expect(try load(BatchRequest([5]), from: resumed) == [5, -1])
  }

  @Test(arguments: [0, 3]) func `the first sample that fails is the one that is named`(
    loaders: Int
  ) throws {
    try files.write(12)
    let data = try files.open { $0.memoryMebibytes = 0 }
    try files.put("1", "one")
    try files.put("2", "two")
    let feed = try feed(data, loaders: loaders)
    let error = try #require(throws: FileError.self) { try load(Self.batch(0), from: feed) }
    #expect("\(error)".contains("/1: holds no number (listed at "))
    #expect(try load(BatchRequest([3]), from: feed) == [3, -1])
  }

  @Test func `what comes next is loaded before it is asked for, and no more than that`() throws {
    try files.write(12)
    let data = try files.open { $0.memoryMebibytes = 0 }
    let feed = try feed(data, loaders: 1)
    _ = try load(Self.batch(0), from: feed)
    // Two mini-batches more than the one that was wanted, with 12 files looked at before.
    var looks = 0
    while files.log.total < 12 + 12, looks < 10_000 {
      looks += 1
      usleep(1000)
    }
    #expect(files.log.total == 12 + 12)
  }
}
