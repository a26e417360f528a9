import Exchange
import Networks
import Tensors

extension ReplicaStep {
  /// Queues what this node has summed of a bucket for those who move it.
  func queueGradients(of bucket: Int) {
    for partner in mail.partners {
      for piece in partnerPieces[partner] ?? [] where piece.bucket == bucket {
        mail.queue(ReplicaParcel(ReplicaPiece.gradients, piece.range), to: partner)
      }
    }
  }

  /// Sends what may leave.
  func sendMail() throws {
    guard !mail.partners.isEmpty else { return }
    try mail.send(number: Int(number)) { parcel in
      switch parcel.kind {
      case ReplicaPiece.gradients: nodeSum(of: parcel.range, into: scratch)
      case ReplicaPiece.squares: memory.squareWords[parcel.range]
      case ReplicaPiece.states: memory.states[parcel.array][parcel.range]
      default: store.values[parcel.range]
      }
    }
  }

  /// Takes what has come. From each partner all of a kind comes in the order of its pieces.
  func takeMail() throws {
    guard !mail.partners.isEmpty else { return }
    let number = Int(number)
    try mail.take(ReplicaPiece.gradients, number: number) { place, parcel in
      let index = gradientsFrom[place, default: 0]
      guard index < pieces.count, pieces[index].range == parcel.range else { return nil }
      gradientsFrom[place] = index + 1
      return inbox[place]?[starts[index]..<starts[index] + parcel.range.count]
    }
    try mail.take(ReplicaPiece.values, number: number) { place, parcel in
      let index = valuesFrom[place, default: 0]
      guard let pieces = partnerPieces[place], index < pieces.count,
        pieces[index].range == parcel.range
      else { return nil }
      valuesFrom[place] = index + 1
      return store.values[parcel.range]
    }
    guard sumsFirst else { return }
    try mail.take(ReplicaPiece.squares, number: number) { place, parcel in
      let index = squaresFrom[place, default: 0]
      guard index < bucketCount, parcel.array == index else { return nil }
      let bucket = memory.plan.buckets[index]
      let chunks = memory.plan.chunks(
        of: bucket, node: memory.grid.node(of: place), local: local, in: memory.grid)
      guard words(of: chunks, in: bucket) == parcel.range else { return nil }
      squaresFrom[place] = index + 1
      return memory.squareWords[parcel.range]
    }
  }

  /// Which replica this one waits for, and for what.
  var missingDeed: (place: Int, deed: String) {
    let grid = memory.grid
    let words = turn.map { "of turn \($0)" } ?? "of step \(number)"
    func place(_ local: Int) -> Int { grid.place(node: node, local: local) }
    func deed(_ what: String, _ bucket: Int) -> String {
      "\(what) of bucket \(bucket + 1) \(words)"
    }
    let progress = memory.progress
    if phase == .summing, ready < bucketCount {
      let count = (number &- 1) &* UInt32(bucketCount) &+ UInt32(ready + 1)
      if let local = progress.behind(count, .completed) {
        return (place(local), deed("gradients", ready))
      }
    }
    if summed < pieces.count,
      let partner = mail.partners.first(where: { gradientsFrom[$0, default: 0] <= summed })
    {
      return (partner, deed("gradients", pieces[summed].bucket))
    }
    if phase == .norming {
      if let partner = mail.partners.first(where: { squaresFrom[$0, default: 0] < bucketCount }) {
        return (partner, "the norm of gradients \(words)")
      }
      if let local = progress.behind(number, .summed) {
        return (place(local), "the norm of gradients \(words)")
      }
    }
    for partner in mail.partners {
      let (count, pieces) = (valuesFrom[partner, default: 0], partnerPieces[partner] ?? [])
      if count < pieces.count { return (partner, deed("values", pieces[count].bucket)) }
    }
    if let partner = mail.behind { return (partner, "to take what was sent \(words)") }
    let local = progress.behind(number, .over) ?? local
    return (place(local), "values \(words)")
  }
}
