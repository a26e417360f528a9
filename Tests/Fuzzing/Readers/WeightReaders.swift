import Storage
import Tensors

extension Readers {
  /// Safetensors: read and used, and restored into what a run must remember.
  static let weights = [
    Reader("safetensors", file: "a.safetensors", SafeTensorsFormat.format(stored)) { path in
      let file = try TensorFile(path: path)
      for tensor in file.tensors {
        _ = try? tensor.floats()
        _ = try? tensor.doubles()
        _ = try? tensor.integers()
      }
      _ = try file.tensor(named: "encoder.weight", shape: [3, 2])
      _ = try? file.tensor(named: "no such tensor")
    },
    Reader("restore", file: "encoder.safetensors", SafeTensorsFormat.format(stored)) { _ in
      let network = Network()
      return { path in
        let before = network.digest
        do {
          try TensorFile(path: path).restore(network.states, prefix: "encoder.")
        } catch {
          guard network.digest == before else {
            throw Misbehaviour("refused, and half restored: \(error)")
          }
          throw error
        }
      }
    },
  ]

  private static let stored: [(name: String, type: String, shape: [Int])] = [
    ("encoder.weight", "F32", [3, 2]), ("encoder.bias", "BF16", [3]),
    ("encoder.memory", "F64", [2, 2]),
    ("encoder.turns", "I64", [1]), ("encoder.history", "I64", [4]),
  ]

  /// A state of each kind.
  private final class Network {
    let weight = Buffer<Float>(6)
    let bias = Buffer<Float>(3)
    let memory = Buffer<Double>(4)
    var turns: [Int64] = [0]
    var history: [Int64] = [1, 2, 3, 4]

    var states: [NamedState] {
      [
        NamedState("weight", [3, 2], weight), NamedState("bias", [3], bias),
        NamedState("memory", [2, 2], memory),
        NamedState("turns", turns) { self.turns = $0 },
        NamedState("history", history, isList: true) { self.history = $0 },
      ]
    }

    var digest: [UInt8] { states.flatMap(\.bytes) }
  }
}
