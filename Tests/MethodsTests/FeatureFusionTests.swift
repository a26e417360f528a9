import MLA
import Methods
import TestSupport
import Tensors
import Testing

/// The formulas by which features become one, by hand and by differences.
@Suite struct FeatureFusionTests {
  private static let fusions: [FeatureFusion] =
    [(2, 0), (3, 1), (4, 3)].map { count, lead in
      FeatureFusion(
        .film, lead: lead, offset: 0.5, modalityCount: count, featureCount: 3, width: 3)
    }
    + [(2, 1), (3, 0)].map { count, lead in
      FeatureFusion(.bilinear, lead: lead, modalityCount: count, featureCount: 3, width: 2)
    }
    + [1, 2, 3].map { count in
      FeatureFusion(.gmu, lead: 0, modalityCount: count, featureCount: 3, width: 2)
    }

  private func fused(_ fusion: FeatureFusion, _ vectors: [[Float]]) -> [Float] {
    let result = Buffer<Float>(fusion.width)
    fusion.fuse(vectors.map { Buffer($0) }, into: result)
    return result.array
  }

  @Test(arguments: fusions.indices)
  func `the gradient is that of differences`(index: Int) {
    let fusion = Self.fusions[index]
    var generator = SeededGenerator(seed: 3, stream: "fusion/\(index)")
    func draw(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    let vectors = (0..<fusion.modalityCount).map { draw(fusion.width(of: $0)) }
    let along = draw(fusion.width)
    let gradients = vectors.map { Buffer<Float>($0.count) }
    fusion.gradient(Buffer(along), vectors.map { Buffer($0) }, into: gradients)
    for (modality, vector) in vectors.enumerated() {
      let expected = vector.indices.map { place in
        let sides = [Float(0.01), -0.01].map { step in
          var moved = vectors
          moved[modality][place] += step
          return zip(along, fused(fusion, moved)).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        }
        return (sides[0] - sides[1]) / 0.02
      }
      expectClose(
        gradients[modality].array.map(Double.init), expected, relative: 1e-3, "of \(modality)")
    }
  }

  @Test func `what the formulas give, by hand`() {
    let film = FeatureFusion(
      .film, lead: 0, offset: 1, modalityCount: 3, featureCount: 1, width: 1)
    // (1 + 2) * 5 + 3, and (1 - 1) * 7 + 4.
    #expect(fused(film, [[2, 3, -1, 4], [5], [7]]) == [22])
    // A conditioner that is absent leaves the others as they are.
    #expect(fused(film, [[0, 0, 0, 0], [5], [7]]) == [12])
    let gate = FeatureFusion(.bilinear, lead: 1, modalityCount: 3, featureCount: 1, width: 1)
    #expect(fused(gate, [[3], [0], [5]]) == [4])
    let two = FeatureFusion(.gmu, lead: 0, modalityCount: 2, featureCount: 1, width: 1)
    // tanh(1), half of it; a modality of zeros says nothing.
    expectClose(fused(two, [[1, 0], [0, 0]]), [0.380_797], relative: 1e-6)
    let three = FeatureFusion(.gmu, lead: 0, modalityCount: 3, featureCount: 1, width: 1)
    // sigmoid(1 + 2) * tanh(1) + sigmoid(0) * tanh(-1): each has a say in each gate.
    let votes: [[Float]] = [[1, 1, 0, 0], [-1, 2, 0, 0], [0, 0, 0, 5]]
    let expected: Float = (0.952_574 - 0.5) * 0.761_594
    expectClose(fused(three, votes), [expected], relative: 1e-5)
  }

  @Test(arguments: fusions.indices)
  func `alone means that all others are absent`(index: Int) {
    let fusion = Self.fusions[index]
    var generator = SeededGenerator(seed: 4, stream: "prediction/\(index)")
    func draw(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
    let count = 300
    let prediction = FeatureFusionPrediction(
      fusion,
      biases: (0..<fusion.modalityCount).map {
        fusion.hasBias($0) ? draw(fusion.width(of: $0)) : []
      }, weight: draw(4 * fusion.width), bias: draw(4))
    let sent = (0..<fusion.modalityCount).map { modality in
      ModalityLogits(
        logits: draw(count * fusion.width(of: modality)),
        present: (0..<count).map { $0 % 5 != modality }, classCount: fusion.width(of: modality))
    }
    for modality in sent.indices {
      let alone = prediction.alone(modality, sent[modality])
      let others = sent.enumerated().map { other, values in
        other == modality
          ? values
          : ModalityLogits(
            logits: values.logits, present: values.present.map { _ in false },
            classCount: values.classCount)
      }
      let fused = prediction.fuse(others, keepsScores: true)
      for sample in 0..<count where sent[modality].present[sample] {
        let row = sample * 4..<(sample + 1) * 4
        let own = alone.logits[row].map { Double($0) }
        #expect(own == Array(fused.scores[row]))
        #expect(fused.predictions[sample] >= 0)
      }
      for sample in 0..<count where !sent[modality].present[sample] {
        #expect(fused.predictions[sample] == -1)
      }
    }
  }
}

/// The methods that fuse features, by both sides in one process.
@Suite struct FeatureFusionTrainingTests {
  private static let methods: [any TrainingMethod] = [
    FilmTraining(),
    {
      var film = FilmTraining()
      (film.conditioner, film.gammaOffset) = (1, 0)
      return film
    }(), GatedTraining(),
    {
      var gated = GatedTraining()
      (gated.gate, gated.width) = (1, 3)
      return gated
    }(),
    {
      var gated = GatedTraining()
      (gated.form, gated.width) = (.gmu, 5)
      return gated
    }(),
  ]

  @Test(arguments: methods.indices, [1, 2, 3, 6])
  func `a run is like another, and all of it moves`(index: Int, count: Int) throws {
    let method = Self.methods[index]
    guard method.misfit(modalityCount: count) == nil else { return #expect(count == 1) }
    let run = SmallRun(method, modalities: count)
    let (fresh, one) = (try run.train(0..<0), try run.train(0..<6))
    #expect(SmallRun.differences(one, try run.train(0..<6)) == [])
    let moved = Set(SmallRun.differences(fresh, one))
    for rank in 1...count { #expect(moved.contains("encoder.linear1.weight of rank \(rank)")) }
    // What has no gradient, the bias of a linear map, stays as it is.
    let still = zip(fresh, one).enumerated().flatMap { rank, states in
      zip(states.0, states.1).filter { $0.bits == $1.bits }.map { "\($0.0.name) of rank \(rank)" }
    }
    #expect(still.allSatisfy { $0.hasPrefix("head.bias") || $0.hasPrefix("skipped") }, "\(still)")
    for states in one {
      for state in states where state.name.hasSuffix("weight") || state.name.hasSuffix("bias") {
        let values = state.bits.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(values.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test(arguments: methods.indices, [3, 5])
  func `a run goes on where it was, with three modalities`(index: Int, cycle: Int) throws {
    try SmallRun(Self.methods[index], modalities: 3).expectResumable(after: cycle)
  }

  @Test func `options are read and written`() throws {
    try expectOption("{kind: film, conditioner: 1, gamma_offset: 0}", of: FilmTraining.self) {
      $0.conditioner == 1 && $0.gammaOffset == 0
    }
    try expectOption("{kind: gated, form: gmu, width: 7}", of: GatedTraining.self) {
      $0.form == .gmu && $0.width == 7 && $0.gate == 0
    }
    try expectRefusal(
      "{kind: gated, form: other}", of: GatedTraining.self,
      "method.form: found other, expected bilinear or gmu")
  }
}
