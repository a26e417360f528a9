import Testing

@testable import MLA

/// Which inputs are spoilt, and what logits become of it.
@Suite struct SpoiltInputTests {
  /// Three modalities of 200 samples: the first has all of them, the second the even ones, the third but one; the last
  /// five samples have none.
  private static let present = (0..<3).map { modality in
    (0..<200).map { sample in
      sample < 195 && (modality == 0 || modality == 1 && sample % 2 == 0 || sample == 7)
    }
  }

  @Test func `so many samples are spoilt as the rate says, each in a modality that it has`() {
    let draw = SpoiltDraw(present: Self.present, seed: 3)
    for (rate, count) in [(0.0, 0), (0.3, 59), (0.5, 98), (1, 195)] {
      let found = draw.modalities(spoiltAt: rate)
      let spoilt = found.indices.filter { found[$0] != SpoiltDraw.nobody }
      #expect(found.count == 200 && spoilt.count == count, "\(rate)")
      #expect(spoilt.allSatisfy { Self.present[found[$0]][$0] })
    }
    let all = draw.modalities(spoiltAt: 1)
    // Of those that have two, about half lose each.
    let first = (0..<195).count { $0 % 2 == 0 && all[$0] == 0 }
    #expect((30...68).contains(first))
    // What is spoilt at one rate is spoilt alike at a larger one.
    let some = draw.modalities(spoiltAt: 0.3)
    #expect(zip(some, all).allSatisfy { $0 == SpoiltDraw.nobody || $0 == $1 })
    #expect(SpoiltDraw(present: Self.present, seed: 3).modalities(spoiltAt: 0.3) == some)
    #expect(SpoiltDraw(present: Self.present, seed: 4).modalities(spoiltAt: 0.3) != some)
  }

  @Test func `a swapped input is that of another sample that has the modality`() {
    let partners = SpoiltDraw(present: Self.present, seed: 3).partners
    for (present, partners) in zip(Self.present, partners).prefix(2) {
      for sample in present.indices where present[sample] {
        #expect(partners[sample] != sample && present[partners[sample]])
      }
      // Drawn with replacement, each with the same chance: about a share of 1 - 1/e is chosen at all.
      let having = present.count { $0 }
      let chosen = Set(present.indices.filter { present[$0] }.map { partners[$0] }).count
      #expect((0.5...0.75).contains(Double(chosen) / Double(having)))
    }
    // Nobody else has it: it stays. So do samples that have nothing.
    #expect(partners[2] == Array(0..<200) && partners[0][195...] == [195, 196, 197, 198, 199])
  }

  @Test func `logits are taken from other samples, with norms`() {
    let own = ModalityLogits(
      logits: [1, 2, 3, 4, 5, 6], present: [true, false, true], classCount: 2,
      featureNorms: [10, 20, 30])
    let swapped = own.taken(from: [2, 1, 0])
    #expect(swapped.logits == [5, 6, 3, 4, 1, 2] && swapped.featureNorms == [30, 20, 10])
    #expect(swapped.present == own.present && swapped.entropies[0] == own.entropies[2])
    let mixed = own.replaced(by: swapped, where: [true, false, false])
    #expect(mixed.logits == [5, 6, 3, 4, 5, 6] && mixed.featureNorms == [30, 20, 30])
    #expect(mixed.logSums == [own.logSums[2], own.logSums[1], own.logSums[2]])
  }
}
