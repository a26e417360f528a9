/// One message: its kind, its turn, and a reusable piece of memory for what it carries.
///
/// Frames come from an endpoint's pool and go back to it, so a turn allocates nothing. Writing
/// appends; reading goes from the front and checks that enough is there.
public final class Frame {
  /// The bytes in front of the payload: kind (4), bytes of the whole message (4), turn (8).
  static let headerByteCount = 16

  /// Header and payload. Capacity grows as needed and is kept.
  private(set) var bytes: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// The bytes in use, header included.
  private(set) var byteCount = Frame.headerByteCount
  private var readOffset = Frame.headerByteCount
  /// How many of its pieces a transport is still sending.
  var piecesLeaving = 0

  init(capacity: Int = 4096) {
    self.capacity = max(capacity, Self.headerByteCount)
    bytes = .allocate(byteCount: self.capacity, alignment: 64)
  }

  deinit { bytes.deallocate() }

  /// The kind, or nil where the bytes are no message of ours.
  public var kind: MessageKind? {
    guard byteCount >= Self.headerByteCount else { return nil }
    return MessageKind(rawValue: bytes.load(as: UInt32.self))
  }

  /// What the header says the whole message has, written by `seal`; nil where there is no header.
  var announcedByteCount: Int? {
    guard byteCount >= Self.headerByteCount else { return nil }
    return Int(bytes.load(fromByteOffset: 4, as: UInt32.self))
  }

  /// The turn that the message belongs to; -1 outside training.
  public var turn: Int {
    byteCount >= Self.headerByteCount ? bytes.load(fromByteOffset: 8, as: Int.self) : -1
  }

  /// The bytes of the payload not read yet.
  public var remaining: Int { max(0, byteCount - readOffset) }

  /// Empties the frame and gives it a header.
  func reset(kind: MessageKind, turn: Int) {
    bytes.storeBytes(of: kind.rawValue, as: UInt32.self)
    bytes.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
    bytes.storeBytes(of: turn, toByteOffset: 8, as: Int.self)
    byteCount = Self.headerByteCount
    readOffset = Self.headerByteCount
  }

  /// Makes room for a message of `count` bytes that a transport is about to write to `bytes`.
  func prepareToReceive(byteCount count: Int) {
    precondition(count >= 0)
    byteCount = 0  // Nothing of what the frame held is worth a copy.
    reserve(count)
    byteCount = count
    readOffset = Self.headerByteCount
  }

  /// Makes room for a whole message of `count` bytes, of which the first piece is here.
  func prepareForRest(byteCount count: Int) {
    precondition(count >= byteCount)
    reserve(count)
    byteCount = count
  }

  /// Writes the size of the whole message into its header: the receiver of a first piece must know it.
  func seal() { bytes.storeBytes(of: UInt32(byteCount), toByteOffset: 4, as: UInt32.self) }

  /// Swaps what two frames hold, so that bytes change their owner without being copied.
  func exchangeContents(with other: Frame) {
    swap(&bytes, &other.bytes)
    swap(&capacity, &other.capacity)
    swap(&byteCount, &other.byteCount)
    readOffset = Self.headerByteCount
    other.readOffset = Self.headerByteCount
  }

  /// Appends `count` values as they lie in memory.
  public func append<T: BitwiseCopyable>(_ values: UnsafePointer<T>, count: Int) {
    precondition(count >= 0)
    let size = count * MemoryLayout<T>.stride
    reserve(byteCount + size)
    (bytes + byteCount).copyMemory(from: values, byteCount: size)
    byteCount += size
  }

  /// Appends one value.
  public func append<T: BitwiseCopyable>(_ value: T) {
    withUnsafePointer(to: value) { append($0, count: 1) }
  }

  /// Appends an array with its length.
  public func append<T: BitwiseCopyable>(_ values: [T]) {
    append(values.count)
    values.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { append(base, count: buffer.count) }
    }
  }

  /// Appends a text with its length.
  public func append(_ text: String) { append(Array(text.utf8)) }

  /// Reads `count` values into `destination`.
  public func read<T: BitwiseCopyable>(into destination: UnsafeMutablePointer<T>, count: Int) throws
  {
    let size = try checkedByteCount(of: T.self, count: count)
    UnsafeMutableRawPointer(destination).copyMemory(from: bytes + readOffset, byteCount: size)
    readOffset += size
  }

  /// Reads one value.
  public func read<T: BitwiseCopyable>(_ type: T.Type = T.self) throws -> T {
    try withUnsafeTemporaryAllocation(of: type, capacity: 1) { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("empty buffer") }
      try read(into: base, count: 1)
      return base.pointee
    }
  }

  /// Reads an array that was appended with its length.
  public func readArray<T: BitwiseCopyable>(of type: T.Type = T.self) throws -> [T] {
    let count = try read(Int.self)
    _ = try checkedByteCount(of: T.self, count: count)
    return try [T](unsafeUninitializedCapacity: count) { buffer, initialised in
      if let base = buffer.baseAddress { try read(into: base, count: count) }
      initialised = count
    }
  }

  /// Reads a text that was appended with its length.
  public func readText() throws -> String {
    String(decoding: try readArray(of: UInt8.self), as: UTF8.self)
  }

  /// The bytes of `count` values, all of which are there. A count may come from outside: it can be
  /// negative, or so large that its bytes cannot be counted.
  private func checkedByteCount<T>(of type: T.Type, count: Int) throws -> Int {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
    guard count >= 0, !overflow, size <= remaining else {
      throw ExchangeError.shortMessage(
        kind: kind, turn: turn, wanted: overflow ? Int.max : size, left: remaining)
    }
    return size
  }

  private func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    let grown = max(needed, capacity * 2)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 64)
    larger.copyMemory(from: bytes, byteCount: byteCount)
    bytes.deallocate()
    bytes = larger
    capacity = grown
  }
}
