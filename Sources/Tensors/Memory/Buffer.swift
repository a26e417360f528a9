import Glibc

/// A stretch of memory that holds `count` values and lives as long as anybody has it.
///
/// What rooms hand to each other in place of pointers: an optimizer's velocities, a head's gradient, a
/// state that must be remembered. New memory is zeroed and stands on a 64-byte boundary, so that vector
/// loads never straddle a cache line; a slice shares it. A copy of a buffer is the same memory.
///
/// What loops use is `@inlinable`: other rooms' kernels get at their memory at no cost.
public struct Buffer<Element: BitwiseCopyable> {
  /// The number of values.
  public let count: Int

  @usableFromInline let base: UnsafeMutablePointer<Element>
  @usableFromInline let owner: Allocation

  /// Memory for `count` values, all zero.
  public init(_ count: Int) {
    precondition(count >= 0)
    let memory = Allocation(byteCount: count * MemoryLayout<Element>.stride)
    self.count = count
    base = memory.start.bindMemory(to: Element.self, capacity: count)
    owner = memory
  }

  /// Memory with a copy of `values`.
  public init(_ values: [Element]) {
    self.init(values.count)
    update(from: values)
  }

  /// Memory that somebody else has made, such as a file that several processes map: the values of `span`, which
  /// stay where they are as long as `keeper` lives. They are as they were.
  package init(mapping span: inout MutableSpan<Element>, keptBy keeper: AnyObject) {
    count = span.count
    let start = span.withUnsafeMutableBufferPointer { $0.baseAddress }
    guard let start else { preconditionFailure("memory without an address") }
    base = start
    owner = Allocation(start: UnsafeMutableRawPointer(start), keeper: keeper)
  }

  private init(count: Int, base: UnsafeMutablePointer<Element>, owner: Allocation) {
    self.count = count
    self.base = base
    self.owner = owner
  }

  /// A value.
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(0 <= index && index < count)
      return base[index]
    }
    nonmutating set {
      precondition(0 <= index && index < count)
      base[index] = newValue
    }
  }

  /// A part of the same memory.
  public subscript(range: Range<Int>) -> Buffer {
    precondition(0 <= range.lowerBound && range.upperBound <= count)
    return Buffer(count: range.count, base: base + range.lowerBound, owner: owner)
  }

  /// A copy of the values.
  public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The place of the first value that `predicate` holds for.
  public func firstIndex(where predicate: (Element) throws -> Bool) rethrows -> Int? {
    try UnsafeBufferPointer(start: base, count: count).firstIndex(where: predicate)
  }

  /// Lends the values to `body`.
  @inlinable
  public func withSpan<R, E: Error>(_ body: (Span<Element>) throws(E) -> R) throws(E) -> R {
    defer { extendLifetime(owner) }
    return try body(UnsafeBufferPointer(start: base, count: count).span)
  }

  /// Lends the values to `body`, which may change them.
  @inlinable
  public func withMutableSpan<R, E: Error>(
    _ body: (inout MutableSpan<Element>) throws(E) -> R
  ) throws(E) -> R {
    defer { extendLifetime(owner) }
    var span = UnsafeMutableBufferPointer(start: base, count: count).mutableSpan
    return try body(&span)
  }

  /// Takes as many values as there is room for, which must be all of `values`.
  public func update(from values: [Element]) {
    precondition(values.count == count, "\(values.count) values for \(count)")
    if !isPlanned { base.update(from: values, count: count) }
  }

  /// Takes the values of another buffer of the same size.
  public func update(from other: Buffer) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    if !isPlanned && !other.isPlanned { base.update(from: other.base, count: count) }
    extendLifetime(other.owner)
  }

  /// Makes all values the same.
  public func update(repeating value: Element) {
    if !isPlanned { base.update(repeating: value, count: count) }
  }

  /// Whether there is only a plan for the memory; see `MemoryPlan`.
  public var isPlanned: Bool { owner.isPlanned }
}

/// Zeroed memory on a 64-byte boundary, given back with its last user; or the plan of it; or memory of
/// somebody else.
@usableFromInline final class Allocation {
  let start: UnsafeMutableRawPointer
  let isPlanned: Bool

  private let byteCount: Int
  private let plan: MemoryPlan?
  /// Who gives the memory back; nil: this does.
  private let keeper: AnyObject?

  init(start: UnsafeMutableRawPointer, keeper: AnyObject) {
    (self.start, self.keeper) = (start, keeper)
    (byteCount, isPlanned, plan) = (0, false, nil)
  }

  init(byteCount: Int) {
    let rounded = max(64, (byteCount + 63) & ~63)
    self.byteCount = rounded
    keeper = nil
    plan = .current
    isPlanned = plan.map { !$0.isCarriedOut } ?? false
    plan?.add(rounded)
    guard let memory = isPlanned ? Self.nowhere : Self.zeroed(rounded) else {
      MemoryExhausted.end(askedFor: rounded)
    }
    start = memory
  }

  deinit {
    plan?.add(-byteCount)
    guard !isPlanned, keeper == nil else { return }
    if byteCount >= Self.mapped { munmap(start, byteCount) } else { free(start) }
  }

  /// From so many bytes on, memory comes from the system itself, which hands it out zeroed, and at once: what is
  /// not there is found before training, not in its first step. (The C library maps such pieces, too.)
  private static let mapped = 32 << 20

  /// Memory that is zero, or nil if there is none.
  private static func zeroed(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount >= mapped else {
      let memory = aligned_alloc(64, byteCount)
      if let memory { memset(memory, 0, byteCount) }
      return memory
    }
    let memory = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  /// An address that nobody may read or write, on a boundary.
  private static var nowhere: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 64) }
}

extension Buffer<Float> {
  /// Adds the values of another buffer of the same size, one to one.
  public func add(_ other: Buffer) {
    precondition(other.count == count, "\(other.count) values for \(count)")
    for index in 0..<count { base[index] += other.base[index] }
  }

  /// Whether no value is infinite or not a number.
  public var isFinite: Bool { firstIndex { !$0.isFinite } == nil }
}
