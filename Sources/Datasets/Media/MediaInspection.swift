import Storage
import Synchronization
import Tensors

/// A look at every file of a split before training: each is decoded once, by as many threads as load
/// samples later, and kept where there is room.
struct MediaInspection {
  /// The items whose files can be used, each with its file's place in the cache.
  private(set) var good: [(item: MediaItem, slot: Int)] = []
  /// The others, with what is the matter.
  private(set) var bad: [(item: MediaItem, error: FileError)] = []
  /// What was decoded.
  let cache: DecodedCache

  /// Looks at the files of all `items`. Throws where something else than a file is at fault, or when
  /// the work shall end.
  init(
    _ items: [MediaItem], threads: Int, within budget: MemoryBudget,
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) throws {
    let (files, slots) = Self.files(of: items)
    cache = DecodedCache(count: files.count, within: budget)
    let pass = DecodingPass(files, into: cache, makePreparer)
    try pass.run(threads: files.count > 1 ? threads : 0)
    let errors = pass.errors.withLock(\.self)
    for item in items {
      let slot = slots[item.path] ?? 0
      switch errors[slot] {
      case nil: good.append((item, slot))
      case let error as FileError: bad.append((item, error))
      case let error?: throw error
      }
    }
  }

  /// All `items` as another rank has found them: their files are decoded when they are needed.
  init(unseen items: [MediaItem], within budget: MemoryBudget) {
    let (files, slots) = Self.files(of: items)
    cache = DecodedCache(count: files.count, within: budget)
    good = items.map { ($0, slots[$0.path] ?? 0) }
  }

  /// The items with a file that no item before them has, and the place of each file among them.
  private static func files(of items: [MediaItem]) -> ([MediaItem], slots: [String: Int]) {
    var slots: [String: Int] = [:]
    var files: [MediaItem] = []
    for item in items where slots[item.path] == nil {
      slots[item.path] = files.count
      files.append(item)
    }
    return (files, slots)
  }
}

/// Decodes files, each once, on threads that take the next one as they are done.
private final class DecodingPass: Sendable {
  let errors = Mutex<[Int: any Error]>([:])

  private let files: [MediaItem]
  private let cache: DecodedCache
  private let makePreparer: @Sendable () throws -> any SamplePreparer
  private let next = Mutex(0)
  private let working = Mutex(0)
  private let monitor = Monitor()

  init(
    _ files: [MediaItem], into cache: DecodedCache,
    _ makePreparer: @escaping @Sendable () throws -> any SamplePreparer
  ) {
    self.files = files
    self.cache = cache
    self.makePreparer = makePreparer
  }

  /// Decodes all files, on the calling thread where `threads` is 0 or the system has room for none.
  func run(threads: Int) throws {
    defer { next.withLock { $0 = files.count } }
    let makers = try (0..<threads).map { _ in Handed(try makePreparer()) }
    working.withLock { $0 = threads }
    let crew = ThreadCrew(threads) { [self] number in
      try? decode(with: makers[number].value) {}
      monitor.locked {
        working.withLock { $0 -= 1 }
        monitor.ring()
      }
    }
    guard crew.count > 0 else { return try decode(with: makePreparer()) { try LongWork.step() } }
    let missing = threads - crew.count
    // However this ends, no thread takes another file after it.
    defer { next.withLock { $0 = files.count } }
    try monitor.locked {
      while working.withLock(\.self) > missing {
        monitor.wait(milliseconds: 20)
        try LongWork.step()
      }
    }
  }

  private func decode(with preparer: any SamplePreparer, lookingUp look: () throws -> Void) throws {
    while let index = take() {
      try look()
      do {
        cache.offer(try preparer.decode(files[index]), for: index)
      } catch {
        errors.withLock { $0[index] = error }
      }
    }
  }

  private func take() -> Int? {
    next.withLock { next in
      guard next < files.count else { return nil }
      defer { next += 1 }
      return next
    }
  }
}

/// Something that one thread makes and another uses.
struct Handed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
