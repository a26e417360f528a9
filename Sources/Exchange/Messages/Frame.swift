import Tensors

/// One message: its kind, its number, and a reusable piece of memory for what it carries.
///
/// Frames come from an endpoint's pool and go back to it, so a turn allocates nothing. Writing
/// appends; reading goes from the front and checks that enough is there.
public final class Frame {
  /// The bytes in front of the payload: kind (4), bytes of the whole message (4), number (8).
  public static let headerByteCount = 16

  /// Header and payload, with room for more: memory that grows as needed and is kept.
  private(set) var bytes: Buffer<UInt8>
  /// The bytes in use, header included.
  private(set) var byteCount = Frame.headerByteCount
  private var readOffset = Frame.headerByteCount
  /// The kind, as far as somebody has told the frame.
  private(set) var kind: MessageKind?
  /// Whether somebody waits for it, so that work pauses to let it leave; else it leaves as it can.
  var isUrgent = true
  /// How many of its pieces a transport is still sending.
  var piecesLeaving = 0

  init(capacity: Int = 4096) { bytes = Buffer(max(capacity, Self.headerByteCount)) }

  /// A frame that these bytes have arrived in, header included.
  package convenience init(_ arrived: [UInt8]) {
    self.init(capacity: arrived.count)
    prepareToReceive(byteCount: arrived.count)
    bytes.update(from: arrived.span.bytes, at: 0)
  }

  /// The bytes of the whole message.
  package var wholeBytes: [UInt8] { bytes[0..<byteCount].array }

  /// What stands for the kind in the header; nil where the bytes are no message of ours.
  var code: UInt32? { hasHeader ? bytes.load(at: 0, as: UInt32.self) : nil }

  /// What the header says the whole message has, written by `seal`; nil where there is no header.
  var announcedByteCount: Int? { hasHeader ? Int(bytes.load(at: 4, as: UInt32.self)) : nil }

  /// The number of the turn, the cycle, the epoch or the round that the message belongs to, as its kind
  /// says; -1 where it has none.
  var number: Int { hasHeader ? bytes.load(at: 8) : -1 }

  private var hasHeader: Bool { byteCount >= Self.headerByteCount }

  /// The bytes of the payload not read yet.
  public var remaining: Int { max(0, byteCount - readOffset) }

  /// Empties the frame and gives it a header.
  func reset(kind: MessageKind, number: Int) {
    self.kind = kind
    isUrgent = true
    bytes.store(kind.code, at: 0)
    bytes.store(UInt32(0), at: 4)
    bytes.store(number, at: 8)
    byteCount = Self.headerByteCount
    readOffset = Self.headerByteCount
  }

  /// Makes room for a message of `count` bytes that a transport is about to write to `bytes`.
  func prepareToReceive(byteCount count: Int) {
    precondition(count >= 0)
    kind = nil
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
  func seal() { bytes.store(UInt32(byteCount), at: 4) }

  /// Swaps what two frames hold, so that bytes change their owner without being copied.
  func exchangeContents(with other: Frame) {
    swap(&bytes, &other.bytes)
    swap(&byteCount, &other.byteCount)
    swap(&kind, &other.kind)
    readOffset = Self.headerByteCount
    other.readOffset = Self.headerByteCount
  }

  /// Tells the frame what its code means: the kind expected, or another that is known.
  func identify(expecting expected: MessageKind, among kinds: [UInt32: MessageKind]) {
    kind = code == expected.code ? expected : code.flatMap { kinds[$0] }
  }

  /// Appends values as they lie in memory.
  private func append(_ values: RawSpan) {
    reserve(byteCount + values.byteCount)
    bytes.update(from: values, at: byteCount)
    byteCount += values.byteCount
  }

  /// Appends one value.
  public func append<T: BitwiseCopyable>(_ value: T) {
    reserve(byteCount + MemoryLayout<T>.stride)
    bytes.store(value, at: byteCount)
    byteCount += MemoryLayout<T>.stride
  }

  /// Appends the values of a buffer, without their number.
  public func append<T: BitwiseCopyable>(_ values: Buffer<T>) {
    values.withSpan { append($0.bytes) }
  }

  /// Appends an array with its length.
  public func append<T: BitwiseCopyable>(_ values: [T]) {
    append(values.count)
    append(values.span.bytes)
  }

  /// Appends a text with its length.
  public func append(_ text: String) { append(Array(text.utf8)) }

  /// Reads as many values as `destination` has.
  public func read<T: BitwiseCopyable>(into destination: Buffer<T>) throws {
    bytes.copy(to: destination, from: try take(destination.count, of: T.self))
  }

  /// Reads one value.
  public func read<T: BitwiseCopyable>(_ type: T.Type = T.self) throws -> T {
    bytes.load(at: try take(1, of: type), as: type)
  }

  /// Reads an array that was appended with its length.
  public func readArray<T: BitwiseCopyable>(of type: T.Type = T.self) throws -> [T] {
    let count = try read(Int.self)
    return bytes.array(of: type, count: count, from: try take(count, of: type))
  }

  /// Reads a text that was appended with its length.
  public func readText() throws -> String {
    String(decoding: try readArray(of: UInt8.self), as: UTF8.self)
  }

  /// Goes past `count` values, all of which are there, and says where they begin. A count may come from
  /// outside: it can be negative, or so large that its bytes cannot be counted.
  private func take<T>(_ count: Int, of type: T.Type) throws -> Int {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
    guard count >= 0, !overflow, size <= remaining else {
      throw ExchangeError.shortMessage(
        kind: kind, number: number, wanted: overflow ? Int.max : size, left: remaining)
    }
    defer { readOffset += size }
    return readOffset
  }

  private func reserve(_ needed: Int) {
    guard needed > bytes.count else { return }
    let larger = Buffer<UInt8>(max(needed, bytes.count * 2))
    larger[0..<byteCount].update(from: bytes[0..<byteCount])
    bytes = larger
  }
}
