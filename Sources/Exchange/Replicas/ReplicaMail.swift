import Tensors

/// A part of an array on its way between replicas of several nodes.
public struct ReplicaParcel: Equatable {
  /// Which kind of array.
  public var kind: MessageKind
  /// Which of that kind, from 0.
  public var array: Int
  /// Which values of it.
  public var range: Range<Int>

  /// So many values of an array.
  public init(_ kind: MessageKind, array: Int = 0, _ range: Range<Int>) {
    (self.kind, self.array, self.range) = (kind, array, range)
  }
}

/// Sends parts of arrays to the replicas of other nodes, a few at a time, while work goes on, and takes what
/// has come from them: nothing here waits.
public final class ReplicaMail {
  /// How many parcels may be leaving to a replica at a time.
  public static let mostLeaving = 8

  /// The replicas that this one exchanges parcels with, by place.
  public let partners: [Int]
  private let group: ReplicaGroup
  private var queues: [Int: Queue] = [:]

  /// What is to be sent to a replica, in order.
  private struct Queue {
    private var parcels: [ReplicaParcel] = []
    private var sent = 0

    var first: ReplicaParcel? { sent < parcels.count ? parcels[sent] : nil }

    mutating func append(_ parcel: ReplicaParcel) { parcels.append(parcel) }

    mutating func removeFirst() {
      sent += 1
      guard sent == parcels.count else { return }
      parcels.removeAll(keepingCapacity: true)
      sent = 0
    }
  }

  /// Mail to the replicas with this one's number on other nodes of `grid`.
  public init(_ group: ReplicaGroup, _ grid: ReplicaGrid) {
    self.group = group
    partners = grid.counterparts(of: group.place)
    // Those hear from this rank while it works.
    group.endpoint.fellows = partners.map { group.ranks[$0] }
  }

  /// The first replica that parcels are to be sent to; nil: all are sent.
  public var behind: Int? { partners.first { queues[$0]?.first != nil } }

  /// Puts a parcel at the end of what is to be sent to a replica.
  public func queue(_ parcel: ReplicaParcel, to place: Int) {
    queues[place, default: Queue()].append(parcel)
  }

  /// Sends what may leave now.
  ///
  /// - Parameter content: the parcel's values as they are now, as many as its range.
  public func send(number: Int, _ content: (ReplicaParcel) -> Buffer<Float>) throws {
    for place in partners {
      let rank = group.ranks[place]
      while let parcel = queues[place]?.first,
        group.endpoint.transport.leavingCount(to: rank) < Self.mostLeaving
      {
        let frame = group.endpoint.frame(parcel.kind, number: number)
        frame.isUrgent = false
        frame.append(Int32(parcel.array))
        frame.append(Int32(0))
        frame.append(parcel.range.lowerBound)
        frame.append(parcel.range.upperBound)
        frame.append(content(parcel))
        try group.endpoint.send(frame, to: rank)
        queues[place]?.removeFirst()
      }
    }
  }

  /// Takes all parcels of a kind that have come.
  ///
  /// - Parameter memory: where the values of a parcel that has come from a replica belong; nil: it is none
  ///   that may come now.
  public func take(
    _ kind: MessageKind, number: Int, into memory: (_ place: Int, ReplicaParcel) -> Buffer<Float>?
  ) throws {
    for place in partners {
      while try group.endpoint.poll(
        kind, number: number, from: group.ranks[place],
        { frame in
          let array = Int(try frame.read(Int32.self))
          _ = try frame.read(Int32.self)
          let (start, end) = (try frame.read(Int.self), try frame.read(Int.self))
          guard start >= 0, start <= end,
            let values = memory(place, ReplicaParcel(kind, array: array, start..<end)),
            frame.remaining == values.count * MemoryLayout<Float>.stride
          else { throw ExchangeError.misfit(kind: kind, number: number) }
          try frame.read(into: values)
        })
      {}
    }
  }
}
