import Tensors
import Testing

@testable import Storage

/// The states of a small network, and what becomes of them when a file is restored into them.
@Suite struct RestoreTests {
  private let weight = Buffer([Float(1), 2])
  private let mean = Buffer([Double(3)])
  private let steps = Counter()

  private final class Counter {
    var values: [Int64] = [4]
  }

  private var states: [NamedState] {
    [
      NamedState("weight", [1, 2], weight), NamedState("mean", [1], mean),
      NamedState("steps", steps.values) { steps.values = $0 },
    ]
  }

  private func file(_ header: String, _ data: [UInt8]) throws -> TensorFile {
    try TensorFile(StorageTests.file(header, data: data), place: "a")
  }

  /// What was refused; nothing has changed then.
  private func refused(_ saved: [NamedState], prefix: String = "") throws -> String {
    let file = try TensorFile(SafeTensors.encode(saved), place: "a")
    let sentence = refusal { try file.restore(states, prefix: prefix) }
    #expect(weight.array == [1, 2] && mean.array == [3] && steps.values == [4])
    return sentence
  }

  @Test func `states get the values of the tensors of their names`() throws {
    let saved = [
      NamedState("net.steps", [Int64(-7)]) { _ in },
      NamedState("other.weight", [5], Buffer<Float>(5)),
      NamedState("net.mean", [1], Buffer([Double.pi])),
      NamedState("net.weight", [1, 2], Buffer([Float(0.5), -0.0])),
    ]
    try TensorFile(SafeTensors.encode(saved), place: "a").restore(states, prefix: "net.")
    #expect(weight.array.map(\.bitPattern) == [Float(0.5), -0.0].map(\.bitPattern))
    #expect(mean.array == [.pi] && steps.values == [-7])
  }

  @Test func `what was written is restored, and its hash is that of the states`() throws {
    let file = try TensorFile(SafeTensors.encode(states), place: "a")
    let hash = try WeightsDigest.hex(of: states)
    #expect(try WeightsDigest.hex(of: file) == hash)
    #expect(try WeightsSeal.metadata(of: states) == ["weights_sha256": hash])
    weight.update(repeating: 9)
    mean.update(repeating: 9)
    #expect(try WeightsDigest.hex(of: states) != hash)
    try file.restore(states)
    #expect(weight.array == [1, 2] && mean.array == [3] && steps.values == [4])
    #expect(try WeightsDigest.hex(of: states) == hash)
  }

  @Test func `half floats are widened to the floats and doubles that they are`() throws {
    let header =
      #"{"weight":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"#
      + #""mean":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}"#
    try file(header, [0, 0x3C, 1, 0x80, 0xC0, 0x3F]).restore(Array(states.prefix(2)))
    #expect(weight.array == [1, -0x1p-24] && mean.array == [1.5])
  }

  @Test func `a state decides whether it takes another shape`() throws {
    var rows = Buffer([Double(1), 2])
    let growing = NamedState(
      "rows", [1, 2], rows, accepts: { $0.rank == 2 && $0[1] == 2 },
      make: { count in
        rows = Buffer(count)
        return rows
      })
    let saved = [NamedState("rows", [2, 2], Buffer([Double(5), 6, 7, 8]))]
    try TensorFile(SafeTensors.encode(saved), place: "a").restore([growing])
    #expect(rows.array == [5, 6, 7, 8])
  }

  @Test func `what is not these states' is refused, and nothing has changed`() throws {
    let end = "; restore weights of the same architecture"
    #expect(try refused(Array(states.dropFirst())) == "a: the tensor weight is missing\(end)")
    #expect(
      try refused(states + [NamedState("bias", [1], Buffer<Float>(1))])
        == "a: the tensor bias is not one of this network's (weight, mean, steps)\(end)")
    #expect(
      try refused([NamedState("weight", [2, 1], Buffer<Float>(2))] + states.dropFirst())
        == "a: the tensor weight is [2, 1] with 2 values, but this network's is [1, 2]\(end)")
    #expect(
      try refused([NamedState("weight", [1, 2], Buffer<Double>(2))] + states.dropFirst())
        == #"a: tensor "weight" has the type F64, expected F32, F16 or BF16"#)
    #expect(
      try refused(Array(states.dropFirst()) + [NamedState("w\n", [1, 2], weight)])
        == "a: the tensor w\\u{a} is not one of this network's (weight, mean, steps)\(end)")
    #expect(try refused(states, prefix: "net.") == "a: the tensor weight is missing\(end)")
  }
}
