import TestSupport
import Tensors
import Testing

@testable import Networks

/// Shards of one rank, against encoders that compute one shard each.
@Suite struct ShardedEncoderTests {
  @Test(arguments: ShardNetwork.all.indices, [12, 10, 3])
  func `shards are as many encoders whose gradients are added by hand`(place: Int, count: Int)
    throws
  {
    let network = ShardNetwork.all[place]
    let shards = Shards(4)
    let (input, gradient) = (network.batch(count), drawn([10], count: count, seed: 2))
    var features: [UInt32] = []
    var sums: [[UInt32]] = []
    for shard in 0..<4 {
      // Memory that begins with the shard, whatever it has been before.
      let rows = shards.rows(of: shard, in: count)
      let alone = try network.encoder(capacity: max(1, rows.count), gradients: .whole)
      sums.append([UInt32](repeating: 0, count: alone.store.count))
      guard !rows.isEmpty else { continue }
      let part = Tensor(network.shape, Tensor(rows: rows, of: input).array)
      features += alone.forward(part, mode: .training).array.map(\.bitPattern)
      alone.backward(Tensor([10], Tensor(rows: rows, of: gradient).array))
      sums[shard] = alone.store.gradients.array.map(\.bitPattern)
    }
    let expected = [features, sum(sum(sums[0], sums[1]), sum(sums[2], sums[3]))]
    for gradients in [GradientMemory.whole, .shared] {
      let sharded = try network.sharded(shards, gradients)
      // What an empty shard had before counts no more.
      _ = try sharded.pass(network.batch(12, seed: 7))
      #expect(try sharded.pass(input) == expected)
    }
  }

  @Test(arguments: ShardNetwork.all.indices, [12, 5])
  func `ranks that add what they have give what one rank gives`(place: Int, count: Int) throws {
    let network = ShardNetwork.all[place]
    let input = network.batch(count)
    let whole = try network.sharded(Shards(4)).pass(input)
    let parts = try [0..<2, 2..<4].map { try network.sharded(Shards(4, own: $0)).pass(input) }
    #expect(parts[0][0] + parts[1][0] == whole[0])
    #expect(sum(parts[0][1], parts[1][1]) == whole[1])
  }

  @Test(arguments: ShardNetwork.all.indices)
  func `one shard is the encoder itself`(place: Int) throws {
    let network = ShardNetwork.all[place]
    let alone = try network.encoder(capacity: ShardNetwork.capacity, gradients: .whole)
    let features = alone.forward(network.batch(9), mode: .training).array
    alone.backward(drawn([10], count: 9, seed: 2))
    let expected = [features, alone.store.gradients.array].map { $0.map(\.bitPattern) }
    let sharded = try ShardedEncoder(
      network.encoder(capacity: ShardNetwork.capacity, gradients: .shared),
      capacity: ShardNetwork.capacity)
    #expect(try sharded.pass(network.batch(9)) == expected)
    #expect(
      zip(sharded.first.states, alone.states).allSatisfy { $0.values.array == $1.values.array })
  }

  @Test(arguments: ShardNetwork.all.indices, [(4, 1), (4, 2), (8, 2), (6, 2), (6, 1), (12, 4)])
  func `shards some at a time give the same bits`(place: Int, counts: (shards: Int, atOnce: Int))
    throws
  {
    let network = ShardNetwork.all[place]
    for count in [12, 7] {
      let input = network.batch(count)
      let all = try network.sharded(Shards(counts.shards))
      let some = try network.sharded(Shards(counts.shards), .whole, atOnce: counts.atOnce)
      #expect(some.encoders.count == counts.atOnce)
      for _ in 0..<2 {
        #expect(try some.pass(input) == all.pass(input))
        try some.moveStatistics()
        try all.moveStatistics()
      }
      #expect(
        zip(some.first.states, all.first.states).allSatisfy { $0.values.array == $1.values.array })
    }
  }

  @Test func `shards some at a time are added as if they were all there`() {
    for count in 1...16 {
      let groups = ShardGroups(count)
      var waiting = [String](repeating: "", count: groups.placeCount)
      var result = ""
      for sum in groups.sums {
        var text = "\(sum.group)"
        for other in sum.taken { text = "(\(text)+\(waiting[other]))" }
        if let kept = sum.kept { waiting[kept] = text } else { result = text }
      }
      var places = (0..<count).map { "\($0)" }
      for addition in ShardTree.additions(count) {
        places[addition.into] = "(\(places[addition.into])+\(places[addition.from]))"
      }
      #expect(result == places[0])
      #expect(groups.placeCount <= 4, "\(count)")
    }
  }

  @Test func `what shards draw follows from their place alone`() throws {
    let network = ShardNetwork.transformer(dropout: 0.3)
    let input = network.batch(12)
    let whole = try network.sharded(Shards(4))
    let first = try whole.pass(input, at: [0, 5])
    #expect(try whole.pass(input, at: [0, 6]) != first)
    #expect(try whole.pass(input, at: [1, 5]) != first)
    // Nothing is remembered.
    #expect(try whole.pass(input, at: [0, 5]) == first)
    #expect(try network.sharded(Shards(4), .whole, atOnce: 1).pass(input, at: [0, 5]) == first)
    let parts = try (0..<4).map {
      try network.sharded(Shards(4, own: $0..<$0 + 1)).pass(input, at: [0, 5])
    }
    #expect(parts.flatMap(\.[0]) == first[0])
    #expect(sum(sum(parts[0][1], parts[1][1]), sum(parts[2][1], parts[3][1])) == first[1])
    // Two shards of the same samples draw differently.
    let twice = Tensor(
      network.shape, Tensor(rows: 0..<3, of: input).array + Tensor(rows: 0..<3, of: input).array)
    let halves = try network.sharded(Shards(2)).pass(twice)[0]
    #expect(halves[..<(halves.count / 2)] != halves[(halves.count / 2)...])
    #expect(whole.state.map(\.name) == whole.first.weights.map(\.name))
  }

  @Test(arguments: ShardNetwork.all.indices, [1, 2, 4])
  func `a plan says what shards take`(place: Int, atOnce: Int) throws {
    let network = ShardNetwork.all[place]
    let (plan, taken) = (MemoryPlan(), MemoryPlan(isCarriedOut: true))
    let planned = try plan.counting {
      let planned = try network.sharded(Shards(4), .whole, atOnce: atOnce)
      planned.reserve()
      return planned
    }
    let real = try taken.counting { try network.sharded(Shards(4), .whole, atOnce: atOnce) }
    let input = Tensor(network.shape, capacity: 12)
    input.storage.update(repeating: 1)
    let gradient = Tensor([10], capacity: 12)
    try taken.counting {
      for _ in 0..<2 {
        _ = try real.forward(input, of: 12, at: [0])
        try real.backward(gradient) { _ in }
        try real.moveStatistics()
        _ = real.evaluate(Tensor(rows: 0..<3, of: input))
      }
    }
    #expect(plan.byteCount == taken.byteCount)
    withExtendedLifetime((planned, real)) {}
  }
}
