import Tensors

/// What a worker has: ids and labels of its samples, never what is in them.
public struct Inventory: Sendable, Equatable {
  /// The samples of one split, in the order of the source's rows.
  public struct Split: Sendable, Equatable {
    /// One id a row.
    public var ids: [String]
    /// One label a row.
    public var labels: [Int32]
    /// Whether somebody wrote the ids; false: they are the rows' numbers.
    public var hasWrittenIDs: Bool

    /// Ids with their labels.
    public init(ids: [String], labels: [Int32], hasWrittenIDs: Bool = true) {
      self.ids = ids
      self.labels = labels
      self.hasWrittenIDs = hasWrittenIDs
    }
  }

  /// The host that the data lie on.
  public var host: String
  /// The axes of one sample.
  public var sampleShape: [Int]
  /// The training samples, those kept for validation included.
  public var train: Split
  /// The test samples.
  public var test: Split
  /// What is odd about them though they can be used, a sentence each.
  public var warnings: [String]

  /// What this rank computes with.
  public var arithmetic: Arithmetic
  /// The bytes that the run takes on this rank, as far as they are known beforehand.
  public var neededByteCount: Int
  /// The bytes that this rank's machine has for all ranks on it.
  public var availableByteCount: Int

  /// An inventory of a host.
  public init(
    host: String, sampleShape: [Int], train: Split, test: Split, warnings: [String] = [],
    arithmetic: Arithmetic = .here, neededByteCount: Int = 0, availableByteCount: Int = .max
  ) {
    self.arithmetic = arithmetic
    self.warnings = warnings
    self.neededByteCount = neededByteCount
    self.availableByteCount = availableByteCount
    self.host = host
    self.sampleShape = sampleShape
    self.train = train
    self.test = test
  }

  /// Sends the inventory to the coordinator.
  public func send(over endpoint: Endpoint, to rank: Int) throws {
    let frame = endpoint.frame(.inventory)
    frame.append(host)
    frame.append(sampleShape)
    frame.append(arithmetic.coreType)
    frame.append(arithmetic.lanes)
    frame.append(neededByteCount)
    frame.append(availableByteCount)
    for split in [train, test] {
      // One text of all ids and their lengths: a million ids are two copies, not a million.
      frame.append(split.ids.map { Int32($0.utf8.count) })
      frame.append(split.ids.joined())
      frame.append(split.labels)
      frame.append(split.hasWrittenIDs ? 1 : 0)
    }
    frame.append(warnings.count)
    for warning in warnings { frame.append(warning) }
    try endpoint.send(frame, to: rank)
  }

  /// Waits for a worker's inventory.
  public static func receive(over endpoint: Endpoint, from rank: Int) throws -> Inventory {
    try endpoint.receive(.inventory, from: rank) { frame in
      let host = try frame.readText()
      let shape = try frame.readArray(of: Int.self)
      let arithmetic = Arithmetic(coreType: try frame.readText(), lanes: try frame.readText())
      let (needed, available) = (try frame.read(Int.self), try frame.read(Int.self))
      var inventory = Inventory(
        host: host, sampleShape: shape, train: try readSplit(frame), test: try readSplit(frame),
        arithmetic: arithmetic, neededByteCount: needed, availableByteCount: available)
      for _ in 0..<max(0, try frame.read(Int.self)) {
        inventory.warnings.append(try frame.readText())
      }
      return inventory
    }
  }

  private static func readSplit(_ frame: Frame) throws -> Split {
    let lengths = try frame.readArray(of: Int32.self)
    let text = try frame.readArray(of: UInt8.self)
    let labels = try frame.readArray(of: Int32.self)
    let hasWrittenIDs = try frame.read(Int.self) != 0
    guard lengths.allSatisfy({ $0 >= 0 }), labels.count == lengths.count,
      lengths.reduce(0, { $0 + Int($1) }) == text.count
    else {
      throw ExchangeError.shortMessage(
        kind: .inventory, turn: -1, wanted: lengths.count, left: labels.count)
    }
    var start = 0
    let ids = lengths.map { length in
      defer { start += Int(length) }
      return String(decoding: text[start..<start + Int(length)], as: UTF8.self)
    }
    return Split(ids: ids, labels: labels, hasWrittenIDs: hasWrittenIDs)
  }
}
