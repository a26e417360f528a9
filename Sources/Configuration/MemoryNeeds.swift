import Tensors

/// What a rank takes of a machine's memory, worked out before it takes it: what a dry run says, and
/// what a run refuses to begin without.
///
/// The program itself comes on top: `programByteCount` for each process.
public struct MemoryNeeds: Sendable, Equatable {
  /// What the program takes before it has any data: its libraries, those of MPI and OpenBLAS included,
  /// most of which the ranks of a host share.
  public static let programByteCount = 42 << 20

  /// A part of what a rank holds.
  public struct Part: Sendable, Equatable {
    /// What it is for: `the samples`.
    public let name: String
    /// Its size.
    public let byteCount: Int
    /// What makes it smaller.
    public let remedy: String
    /// Whether it is in memory already when the question is asked.
    public let isHeld: Bool
    /// Whether the ranks of a modality that are on one host have it together.
    public let isShared: Bool

    /// A part of so many bytes.
    public init(
      _ name: String, byteCount: Int, _ remedy: String, isHeld: Bool = false,
      isShared: Bool = false
    ) {
      self.isShared = isShared
      self.name = name
      self.byteCount = byteCount
      self.remedy = remedy
      self.isHeld = isHeld
    }

    /// A part of as many elements of `type` as the factors' product; what is beyond all memory is as
    /// large as it can be.
    public init<T>(
      _ name: String, _ factors: [Int], of type: T.Type = Float.self, _ remedy: String
    ) {
      let byteCount = (factors + [MemoryLayout<T>.stride]).product()
      self.init(name, byteCount: byteCount ?? .max, remedy)
    }
  }

  /// What a rank holds at the same time.
  public let parts: [Part]

  /// What is held in these parts.
  public init(parts: [Part]) { self.parts = parts }

  /// The bytes of all parts.
  public var byteCount: Int { Self.sum(parts) }
  /// Those that the ranks of a modality on one host have together.
  public var sharedByteCount: Int { Self.sum(parts.filter(\.isShared)) }

  /// Why a machine with `available` bytes cannot hold this, or a process that may map `room` more
  /// bytes: with its largest part and what to do; nil where it can.
  ///
  /// - Parameter room: nil: as many as it likes.
  public func problem(
    available: Int = MachineMemory.byteCount, room: Int? = MemoryLimits.room
  ) -> String? {
    let toCome = parts.filter { !$0.isHeld }
    if byteCount > available {
      return sentence(parts, "needs", "of memory", "only \(text(available)) can be had here")
    }
    if let room, Self.sum(toCome) > room {
      let limits = MemoryLimits.description ?? "its memory is limited"
      return sentence(
        toCome, "needs", "more memory",
        "\(limits), which leaves it \(text(room)); raise the limit, or")
    }
    return nil
  }

  /// Why a host with `available` bytes cannot hold what the ranks on it need together; nil where it
  /// can.
  public static func problem(
    ofHost host: String, _ needs: [(name: String, byteCount: Int)], available: Int
  ) -> String? {
    let sum = needs.reduce(0) {
      let (total, overflows) = $0.addingReportingOverflow($1.byteCount)
      return overflows ? .max : total
    }
    guard sum > available else { return nil }
    let list = needs.map { "\($0.name) \(MachineMemory.text($0.byteCount))" }
    return
      "the ranks on host \(host) need \(MachineMemory.text(sum)) of memory together (\(list.joined(separator: ", "))), but only \(MachineMemory.text(available)) can be had there; use more hosts, smaller encoders, or fewer features"
  }

  private func sentence(
    _ parts: [Part], _ needs: String, _ memory: String, _ found: String
  ) -> String? {
    guard let largest = parts.max(by: { $0.byteCount < $1.byteCount }) else { return nil }
    let end = found.hasSuffix(" or") ? "" : ";"
    return
      "\(needs) \(text(Self.sum(parts))) \(memory), \(text(largest.byteCount)) of it for \(largest.name), but \(found)\(end) \(largest.remedy)"
  }

  private func text(_ byteCount: Int) -> String { MachineMemory.text(byteCount) }

  private static func sum(_ parts: [Part]) -> Int {
    parts.reduce(0) { sum, part in
      let (total, overflows) = sum.addingReportingOverflow(part.byteCount)
      return overflows ? .max : total
    }
  }
}

extension RunConfiguration {
  /// The most samples that a forward pass of a modality ever has: not `batchSize`, but what there is.
  ///
  /// - Parameters:
  ///   - own: the training samples that have the modality.
  ///   - largest: the training samples of the modality that has most: with `sampling: own` the others
  ///     start over within a mini-batch of that size.
  ///   - evaluated: the samples of the largest evaluated split that have the modality.
  public func batchCapacity(own: Int, largest: Int, evaluated: Int) -> Int {
    let trained = min(batchSize, sampling == .own && own > 0 ? largest : own)
    // An input of zeros is one sample more.
    return max(
      1, trained + (method.demands.ridesZero ? 1 : 0),
      min(batchSize, evaluation.batchSize, evaluated))
  }
}

extension Sequence<NamedState> {
  /// The bytes of all values: what a copy of them takes.
  public var byteCount: Int { reduce(0) { $0 + $1.withBytes { $0.byteCount } } }
}
