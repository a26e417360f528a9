import Storage
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Samples given as arrays.
private struct Listed: SampleSource {
  let ids: [String]
  let labels: [Int]
  let sampleShape: Shape
  let rows: [[Float]]

  init(_ rows: [[Float]]) {
    self.rows = rows
    ids = rows.indices.map(String.init)
    labels = rows.map { _ in 0 }
    sampleShape = Shape([rows.first?.count ?? 0])
  }

  func read(_ index: Int, into destination: inout MutableSpan<Float>) {
    for place in destination.indices { destination[place] = rows[index][place] }
  }
}

extension ModalityData {
  /// Both splits, standardised with what is fitted to the training samples `indices`.
  func standardised(
    _ kind: Standardisation, fittedOn indices: [Int]
  ) throws -> (data: ModalityData, standardiser: Standardiser) {
    let standardiser = try Standardiser(kind, fittedTo: train, on: indices)
    return (standardised(with: standardiser), standardiser)
  }
}

@Suite struct StandardiserTests {
  @Test func `each feature gets its own mean and deviation, from the given samples alone`() throws {
    // Of the rows 0, 1 and 3: the first column is 1, 3, 5 (mean 3, variance 8/3).
    let source = Listed([[1, 10], [3, 10], [1000, 99], [5, 10]])
    let fitted = try Standardiser(.feature, fittedTo: source, on: [0, 1, 3])
    #expect(fitted.means == [3, 10])
    expectClose(fitted.scales, [Float((8.0 / 3).squareRoot()), 1])
    let standardised = StandardisedSource(source, with: fitted)
    let step = Float((3.0 / 2).squareRoot())  // 2 / sqrt(8/3)
    expectClose(try standardised.sample(0), [-step, 0])
    #expect(try standardised.sample(1) == [0, 0])
    expectClose(try standardised.sample(3), [step, 0])
    // The constant column stays finite where it is not constant after all.
    #expect(try standardised.sample(2)[1] == 89)
  }

  @Test func `globally, all elements share one mean and deviation`() throws {
    // 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, variance 3.5.
    let fitted = try Standardiser(.global, fittedTo: Listed([[1, 2], [3, 6]]), on: [1, 0])
    expectClose(fitted.means, [3])
    expectClose(fitted.scales, [Float(3.5.squareRoot())])
    var sample: [Float] = [3, 3 + Float(3.5.squareRoot())]
    var room = sample.mutableSpan
    fitted.apply(to: &room)
    expectClose(sample, [0, 1])
  }

  @Test func `a small spread around a large mean is not lost`() throws {
    let rows: [[Float]] = (0..<1000).map { [100_000 + Float($0 % 2)] }
    for kind in [Standardisation.feature, .global] {
      let fitted = try Standardiser(kind, fittedTo: Listed(rows), on: Array(rows.indices))
      expectClose(fitted.means, [100_000.5])
      expectClose(fitted.scales, [0.5])
    }
  }

  @Test(arguments: [Float(0.1), -3e38, .leastNonzeroMagnitude, 0])
  func `what never changes becomes zero`(value: Float) throws {
    let source = Listed([[Float]](repeating: [value, value, value], count: 7))
    for kind in [Standardisation.feature, .global] {
      let fitted = try Standardiser(kind, fittedTo: source, on: [0, 1, 2, 3, 4, 5, 6])
      #expect(fitted.scales.allSatisfy { $0 == 1 })
      #expect(try StandardisedSource(source, with: fitted).sample(3) == [0, 0, 0])
    }
  }

  @Test func `a spread too small for a normal float is no spread`() throws {
    let source = Listed([[0], [.leastNonzeroMagnitude]])
    let fitted = try Standardiser(.feature, fittedTo: source, on: [0, 1])
    #expect(fitted.scales == [1])
  }

  @Test func `training data becomes mean 0 and variance 1`() throws {
    var generator = SeededGenerator(seed: 1, stream: "test")
    let rows = (0..<200).map { _ in (0..<5).map { Float(3 * generator.normal() + Double($0)) } }
    let source = Listed(rows)
    let data = ModalityData(train: source, test: EmptySource(sampleShape: [5]))
    let (train, fitted) = try data.standardised(.feature, fittedOn: Array(0..<200))
    for column in 0..<5 {
      let values = try (0..<200).map { Double(try train.train.sample($0)[column]) }
      let mean = values.reduce(0, +) / 200
      #expect(abs(mean) < 1e-6)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 200 - 1) < 1e-5)
    }
    let restored = try Standardiser(
      restoring: .feature, means: fitted.means, scales: fitted.scales, sampleShape: [5])
    #expect(restored.means == fitted.means && restored.scales == fitted.scales)
    #expect(try data.standardised(with: restored).train.sample(7) == train.train.sample(7))
  }

  @Test func `what is restored into its state is what a standardiser applies`() throws {
    let data = ModalityData(train: Listed([[2, 4], [4, 8]]), test: Listed([[8, 8]]))
    let (standardised, fitted) = try data.standardised(.feature, fittedOn: [0, 1])
    #expect(fitted.state.map(\.name) == ["means", "scales"])
    #expect(fitted.state.map(\.shape) == [[2], [2]])
    #expect(fitted.state.map { $0.values(of: Float.self) } == [[3, 6], [1, 2]])
    #expect(try standardised.test.sample(0) == [5, 1])
    fitted.state[0].restore([Float(0), 4])
    fitted.state[1].restore([Float(2), 1])
    #expect(fitted.means == [0, 4] && fitted.scales == [2, 1])
    #expect(try standardised.test.sample(0) == [4, 4])
  }

  @Test func `nothing happens without standardisation`() throws {
    let data = ModalityData(train: Listed([[4, 5]]), test: EmptySource(sampleShape: [2]))
    let (same, fitted) = try data.standardised(.none, fittedOn: [0])
    #expect(fitted.means == [] && fitted.scales == [])
    #expect(try same.train.sample(0) == [4, 5])
    let restored = try Standardiser(restoring: .none, means: [], scales: [], sampleShape: [2])
    #expect(restored.kind == .none && restored.state.isEmpty && fitted.state.isEmpty)
  }

  @Test func `a value that standardising throws out of range is refused by name`() throws {
    let source = Listed([[0, 0], [0, 1e-30], [0, 1e30]])
    let fitted = try Standardiser(.feature, fittedTo: source, on: [0, 1])
    let standardised = StandardisedSource(source, with: fitted)
    #expect(try standardised.sample(1) == [0, 1])
    #expect(
      throws: FileError(
        "sample '2'", "value 1 is inf once it is standardised, expected a finite number")
    ) { try standardised.sample(2) }
  }

  @Test func `what cannot be fitted or restored is refused`() throws {
    #expect(
      throws: FileError("standardise", "there are no training samples to fit means to")
    ) { try Standardiser(.feature, fittedTo: Listed([[1]]), on: []) }
    #expect(
      throws: FileError("standardise", "the training samples hold values that are not finite")
    ) { try Standardiser(.global, fittedTo: Listed([[.infinity]]), on: [0]) }
    #expect(
      throws: FileError(
        "standardise",
        "2 means and 1 scale were saved, expected 3 for 'feature' and samples of 3")
    ) {
      try Standardiser(restoring: .feature, means: [0, 0], scales: [1], sampleShape: [3])
    }
    #expect(
      throws: FileError("standardise", "a saved mean is not finite, or a scale is not above 0")
    ) { try Standardiser(restoring: .global, means: [0], scales: [0], sampleShape: [3]) }
  }
}
