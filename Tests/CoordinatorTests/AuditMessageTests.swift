import Configuration
import Exchange
import Testing

@testable import Coordinator

/// What ranks say of samples that are alike, and of the order of turns.
@Suite struct AuditMessageTests {
  @Test func `samples that are alike, and an order`() throws {
    let likeness = Likeness(
      contents: [0, 1, 0, Likeness.blank, Likeness.short],
      pairs: [.init(first: 0, second: 1, similarity: 0.75)], areTexts: true)
    let found = try exchange {
      try $0.send(likeness, to: 1)
      try $0.send(TurnOrder([2, 0, 1]), number: 4, to: 1)
    } _: {
      let likeness = try $0.receive(Likeness(), from: 0)
      return (likeness, try $0.receive(TurnOrder(), number: 4, from: 0).places)
    }
    #expect(found.0 == likeness && found.1 == [2, 0, 1])
  }

  @Test func `contents below all numbers, and pairs of nothing, are refused`() {
    for (contents, seconds) in [([-3], [1]), ([0], [])] as [([Int32], [Int32])] {
      #expect(throws: ExchangeError.self) {
        try exchange { endpoint in
          let frame = endpoint.frame(.likeness)
          frame.append(contents)
          frame.append([0] as [Int32])
          frame.append(seconds)
          frame.append([1] as [Float])
          frame.append(1)
          try endpoint.send(frame, to: 1)
        } _: {
          try $0.receive(Likeness(), from: 0)
        }
      }
    }
  }

  @Test func `an order that names a modality twice is refused`() {
    for places in [[0, 0], [1, 2], [-1, 0]] {
      #expect(throws: ExchangeError.self) {
        try exchange { endpoint in
          let frame = endpoint.frame(.turnOrder, number: 4)
          frame.append(places)
          try endpoint.send(frame, to: 1)
        } _: {
          try $0.receive(TurnOrder(), number: 4, from: 0).places
        }
      }
    }
  }

  @Test func `likenesses of other samples than those of the inventory are refused`() throws {
    let inventory = Inventory(
      host: "here", sampleShape: [1], train: .init(ids: ["a", "b"], labels: [0, 1]),
      test: .init(ids: ["c"], labels: [0]))
    let run = RunConfiguration(
      classes: ["x", "y"],
      modalities: [.init(name: "m", source: .synthetic(.init()), encoder: .mlp(.init()))])
    let audit = try SplitAudit([inventory], [Likeness(contents: [0, 1, 2])], run)
    #expect(audit.balances.map(\.total) == [2, 1])
    #expect(throws: ExchangeError.self) {
      try SplitAudit([inventory], [Likeness(contents: [0, 1])], run)
    }
  }

  @Test func `shares differ beyond chance where three standard errors are exceeded`() {
    // Pooled 0.6, with an error of sqrt(0.24 / 50 + 0.24 / 50) = 0.098.
    #expect(!AuditFinding.isBeyondChance(0.74, of: 50, 0.46, of: 50))
    #expect(AuditFinding.isBeyondChance(0.76, of: 50, 0.44, of: 50))
  }
}
