import Testing

@testable import Tensors

@Suite struct SeededGeneratorTests {
  @Test func `the sequence is xoshiro256++ as written down elsewhere`() {
    // Computed with a separate implementation of FNV-1a, SplitMix64 and xoshiro256++.
    var generator = SeededGenerator(seed: 7, stream: "audio")
    let expected: [UInt64] = [
      0xc861_966a_6409_f80a, 0x38f8_5bec_2053_01cc,
      0x0419_af2d_bdda_821f, 0x4db4_1b98_c659_afea,
    ]
    #expect((0..<4).map { _ in generator.next() } == expected)
  }

  @Test func `streams and seeds give sequences of their own`() {
    let firsts = ["a", "b", "ab", "ba", ""].flatMap { name in
      (UInt64(0)..<4).map { seed in
        var generator = SeededGenerator(seed: seed, stream: name)
        return generator.next()
      }
    }
    #expect(Set(firsts).count == firsts.count)
  }

  @Test(arguments: [1, 2, 3])
  func `many normal numbers at once are those drawn one by one`(threads: Int) {
    for count in [0, 1, 5, 16_384, 40_001] {
      var (one, many) = (
        SeededGenerator(seed: 1, stream: "fill"), SeededGenerator(seed: 1, stream: "fill")
      )
      let memory = Buffer([Float](repeating: .nan, count: count + 1))
      Threads.with(count: threads) { many.fill(memory[0..<count], deviation: 0.3) }
      let values = memory.array
      let expected = (0..<count).map { _ in Float(0.3 * one.normal()) }
      #expect(values.dropLast() == expected[...] && values[count].isNaN && one == many)
    }
  }

  @Test func `a jump is as many steps`() {
    var generator = SeededGenerator(seed: 3, stream: "jump")
    let start = generator.words.map(UInt64.init(bitPattern:))
    for _ in 0..<128 { _ = generator.next() }
    let end = GeneratorJump(doublings: 7)((start[0], start[1], start[2], start[3]))
    #expect(
      generator.words == [end.0, end.1, end.2, end.3].map(Int64.init(bitPattern:)))
  }

  @Test func `a generator that takes the words of another goes on like it`() {
    var one = SeededGenerator(seed: 1, stream: "one")
    _ = one.next()
    var other = SeededGenerator(seed: 2, stream: "other")
    other.words = one.words
    #expect(one == other && one.next() == other.next())
  }

  @Test func `normal numbers have mean zero, deviation one and the right tails`() {
    var generator = SeededGenerator(seed: 1, stream: "normal")
    let numbers = (0..<100_000).map { _ in generator.normal() }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
    let beyondTwo = Double(numbers.filter { abs($0) > 2 }.count) / 100_000
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02 && abs(beyondTwo - 0.0455) < 0.002)
  }

  @Test func `whole numbers are uniform below their bound`() {
    var generator = SeededGenerator(seed: 1, stream: "whole")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect((0..<10).allSatisfy { _ in generator.integer(below: 1) == 0 })
  }

  @Test func `a permutation holds every number once`() {
    var generator = SeededGenerator(seed: 1, stream: "order")
    let order = generator.permutation(100)
    #expect(order.sorted() == Array(0..<100) && order != Array(0..<100))
    #expect(generator.permutation(0) == [] && generator.permutation(1) == [0])
  }
}
