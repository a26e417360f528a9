import Storage
import Tensors

/// What a worker has: ids, labels and groups of its samples, never what is in them.
public struct Inventory: Sendable, Equatable {
  /// The samples of one split, in the order of the source's rows.
  public struct Split: Sendable, Equatable {
    /// One id a row.
    public var ids: [String]
    /// One label a row.
    public var labels: [Int32]
    /// Whether somebody wrote the ids; false: they are the rows' numbers.
    public var hasWrittenIDs: Bool
    /// The group of each row, empty where it has none; nothing at all where no row has one.
    public var groups: [String]

    /// Ids with their labels.
    public init(
      ids: [String], labels: [Int32], hasWrittenIDs: Bool = true, groups: [String] = []
    ) {
      self.ids = ids
      self.labels = labels
      self.hasWrittenIDs = hasWrittenIDs
      self.groups = groups
    }

    /// The group of row `row`; nil: it has none.
    public func group(of row: Int) -> String? {
      groups.isEmpty || groups[row].isEmpty ? nil : groups[row]
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
  /// SHA-256 of what is known of the data without reading all of them, in hexadecimal.
  public var digest: String
  /// What is odd about them though they can be used, a sentence each.
  public var warnings: [String]
  /// The files that are left out.
  public var leftOut: [LeftOutFile]
  /// What people want to know of them, a sentence each.
  public var notes: [String]

  /// The encoder with all that data and weights decide of it, as YAML; empty: it has none.
  public var encoder = ""
  /// The number of different tokens of texts; 0: samples are no texts.
  public var tokenCount = 0
  /// What this rank computes with.
  public var arithmetic: Arithmetic
  /// The threads that compute.
  public var threads = Threads.count
  /// The bytes that the run takes on this rank, as far as they are known beforehand.
  public var neededByteCount: Int
  /// Those of them that the ranks of a modality on one machine have together.
  public var sharedByteCount = 0
  /// The bytes that this rank's machine has for all ranks on it.
  public var availableByteCount: Int

  /// An inventory of a host.
  public init(
    host: String, sampleShape: [Int], train: Split, test: Split, digest: String = "",
    warnings: [String] = [], leftOut: [LeftOutFile] = [], notes: [String] = [],
    arithmetic: Arithmetic = .here, neededByteCount: Int = 0,
    availableByteCount: Int = .max
  ) {
    self.arithmetic = arithmetic
    self.warnings = warnings
    self.leftOut = leftOut
    self.notes = notes
    self.neededByteCount = neededByteCount
    self.availableByteCount = availableByteCount
    self.host = host
    self.sampleShape = sampleShape
    self.train = train
    self.test = test
    self.digest = digest
  }

  /// Nothing yet: what an inventory is read into.
  public init() {
    let nothing = Split(ids: [], labels: [])
    self.init(host: "", sampleShape: [], train: nothing, test: nothing)
  }
}

extension Inventory: Message {
  /// The kind with this layout.
  public static let kind = MessageKind.inventory

  /// The host with its encoder and what it computes with, the two splits with their hash, warnings, files left out, notes.
  public mutating func layout(_ fields: Fields) throws {
    try fields.field(&host)
    try fields.field(&sampleShape)
    try fields.require(sampleShape.allSatisfy { $0 >= 0 } && sampleShape.product() != nil)
    try fields.field(&encoder)
    try fields.field(&tokenCount)
    try fields.require(tokenCount >= 0)
    try fields.field(&arithmetic.coreType)
    try fields.field(&arithmetic.lanes)
    try fields.field(&threads)
    try fields.field(&neededByteCount)
    try fields.field(&sharedByteCount)
    try fields.field(&availableByteCount)
    try fields.require(0 <= sharedByteCount && sharedByteCount <= neededByteCount)
    try fields.require(availableByteCount >= 0)
    try train.layout(fields)
    try test.layout(fields)
    try fields.field(&digest)
    try fields.field(&warnings)
    var columns = [leftOut.map(\.id), leftOut.map(\.path), leftOut.map(\.problem)]
    for place in columns.indices { try fields.field(&columns[place]) }
    try fields.require(columns.allSatisfy { $0.count == columns[0].count })
    if fields.isReading {
      leftOut = columns[0].indices.map {
        LeftOutFile(id: columns[0][$0], path: columns[1][$0], problem: columns[2][$0])
      }
    }
    try fields.field(&notes)
  }
}

extension Inventory.Split {
  fileprivate mutating func layout(_ fields: Fields) throws {
    try fields.field(&ids)
    try fields.field(&labels)
    try fields.require(ids.count == labels.count)
    try fields.field(&hasWrittenIDs)
    try fields.field(&groups)
    try fields.require(groups.isEmpty || groups.count == ids.count)
  }
}
