import Tensors
import TestSupport
import Testing

@testable import MLA

/// What a run of the reference implementation gave to head gradient modification, and got.
private struct Trajectory: Decodable {
  var name: String
  var options: ReferenceOptions
  var features, classes, modalities: Int
  /// For each turn: epoch, cycle, batch, batches, modality, is empty, has gradients.
  var steps: [[Int]]
  var meanFeatures, weight, bias, projectedWeight, projectedBias, norms, finalP: String
  var skippedAbsorptions: Int
}

@Suite struct HeadProjectionTests {
  @Test(arguments: ["c02", "c03", "c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11"])
  func `a trajectory equals the reference's`(name: String) throws {
    let golden = try golden("hgm-\(name)", as: Trajectory.self)
    let options = try golden.options.options()
    let head = HeadProjection(
      options, featureCount: golden.features, classCount: golden.classes,
      modalityCount: golden.modalities)
    let means = try doubles(golden.meanFeatures)
    let (weights, biases) = (try floats(golden.weight), try floats(golden.bias))
    let projectedWeights = try floats(golden.projectedWeight)
    let projectedBiases = try floats(golden.projectedBias)
    let norms = try doubles(golden.norms)
    var (step, absorbed, projected) = (0, 0, 0)
    for (index, entry) in golden.steps.enumerated() {
      let turn = Turn(
        index: index, epoch: entry[0], cycle: entry[1], cycleInEpoch: entry[2],
        cyclesPerEpoch: entry[3], modality: entry[4])
      head.beginTurn(turn)
      if entry[5] == 0 {
        if head.isActive(forStep: step) {
          let mean = Buffer(means.part(absorbed, length: golden.features))
          absorbed += 1
          if options.order == .absorbFirst { head.absorb(meanFeature: mean, turn: turn) }
          if entry[6] == 1 {
            let weight = Buffer(
              weights.part(projected, length: golden.classes * golden.features))
            let bias = Buffer(biases.part(projected, length: golden.classes))
            let (ownWeight, ownBias) = (Buffer<Float>(weight.count), Buffer<Float>(bias.count))
            head.project(
              weight: weight, bias: bias, modality: turn.modality, intoWeight: ownWeight,
              intoBias: ownBias)
            // One rounding to float32 is at most 6e-8 of a value.
            expectClose(
              ownWeight.array, projectedWeights.part(projected, length: weight.count),
              relative: 1.3e-7,
              "\(name) weight, turn \(index)")
            expectClose(
              ownBias.array, projectedBiases.part(projected, length: bias.count), relative: 1.3e-7,
              "\(name) bias, turn \(index)")
            projected += 1
          }
          if options.order == .projectFirst { head.absorb(meanFeature: mean, turn: turn) }
        }
        step += 1
      }
      expectClose(
        head.norms, norms.part(index, length: head.norms.count), relative: 1e-11,
        "\(name) norms, turn \(index)")
    }
    #expect(absorbed * golden.features == means.count && projected > 3)
    #expect(projected * golden.classes == biases.count)
    expectClose(
      head.matrices.flatMap(\.self), try doubles(golden.finalP), relative: 1e-10, "\(name) P")
    #expect(head.skippedAbsorptions == golden.skippedAbsorptions)
  }

  @Test func `switched off there is no P and gradients pass`() {
    var options = HeadGradientModification()
    options.isEnabled = false
    let head = HeadProjection(options, featureCount: 2, classCount: 1, modalityCount: 2)
    let turn = Turn(index: 0, epoch: 0, cycle: 0, cycleInEpoch: 0, cyclesPerEpoch: 1, modality: 0)
    head.beginTurn(turn)
    head.absorb(meanFeature: Buffer([1, 1]), turn: turn)
    let (weight, bias) = (Buffer<Float>(2), Buffer<Float>(1))
    head.project(
      weight: Buffer([3, 4]), bias: Buffer([5]), modality: 1, intoWeight: weight, intoBias: bias)
    #expect(weight.array == [3, 4] && bias.array == [5])
    #expect(!head.isActive(forStep: 7) && head.norms.isEmpty && head.matrices.isEmpty)
  }

  @Test func `only the very first step can be plain`() {
    var options = HeadGradientModification()
    #expect(
      HeadProjection(options, featureCount: 1, classCount: 1, modalityCount: 1)
        .isActive(forStep: 0))
    options.firstStep = .plain
    let head = HeadProjection(options, featureCount: 1, classCount: 1, modalityCount: 1)
    #expect(!head.isActive(forStep: 0) && head.isActive(forStep: 1))
  }

  @Test func `adding keeps the gradient, the bias column too`() {
    var options = HeadGradientModification()
    options.forget = 0
    options.lambda = 2
    options.includesBias = true
    options.combination = .add
    let head = HeadProjection(options, featureCount: 1, classCount: 2, modalityCount: 1)
    let turn = Turn(index: 0, epoch: 0, cycle: 0, cycleInEpoch: 0, cyclesPerEpoch: 1, modality: 0)
    // h = (1, 1) with the bias: P = [[0.75, -0.25], [-0.25, 0.75]]
    head.absorb(meanFeature: Buffer([1]), turn: turn)
    let (weight, bias) = (Buffer<Float>([4, 0]), Buffer<Float>([8, 4]))
    head.project(
      weight: weight, bias: bias, modality: 0, intoWeight: weight, intoBias: bias)
    #expect(weight.array == [4 + 1, 0 - 1] && bias.array == [8 + 5, 4 + 3])
  }
}
