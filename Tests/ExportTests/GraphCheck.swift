import Foundation
import Schemas

/// What onnx's checker looks at first, and the arithmetic of a few operators.
struct GraphCheck {
  let graph: Onnx_GraphProto

  /// The operators that our graphs may have; opset 17 knows them all.
  private static let operators: Set = [
    "Abs", "Add", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Conv",
    "CumSum", "Div", "Equal", "Erf", "Exp", "Expand", "Flatten", "Gather", "Identity",
    "LayerNormalization", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Mul", "Neg", "Not",
    "Pad", "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Shape", "Sigmoid", "Slice",
    "Softmax", "Sqrt", "Sub", "Tanh", "Transpose", "Unsqueeze", "Where",
  ]

  /// What is wrong, a sentence each: names that nobody has made yet, or twice, or that nobody uses; arrays of
  /// another size than they say; unknown operators.
  var problems: [String] {
    var problems: [String] = []
    var known = Set(graph.input.map(\.name))
    var used: Set<String> = []
    for tensor in graph.initializer {
      if !known.insert(tensor.name).inserted { problems.append("\(tensor.name) is there twice") }
      let width = tensor.dataType == 1 ? 4 : 8
      let count = tensor.dims.reduce(1, *)
      if tensor.rawData.count != Int(count) * width {
        problems.append("\(tensor.name) has a wrong size")
      }
    }
    for node in graph.node {
      if !Self.operators.contains(node.opType) { problems.append("unknown: \(node.opType)") }
      for name in node.input where !known.contains(name) {
        problems.append("\(node.name) takes \(name), which is not there")
      }
      used.formUnion(node.input)
      for name in node.output where !known.insert(name).inserted {
        problems.append("\(node.name) makes \(name) a second time")
      }
    }
    for output in graph.output where !known.contains(output.name) {
      problems.append("nobody makes \(output.name)")
    }
    let unused = Set(graph.initializer.map(\.name) + graph.input.map(\.name)).subtracting(used)
    return problems + unused.sorted().map { "\($0) is of no use" }
  }

  /// The outputs for samples `[n, …]`, by operators that mlps have; rows are all that axes are looked at.
  func run(_ samples: [Float], count: Int) -> [String: [Float]] {
    var values = ["samples": samples]
    for tensor in graph.initializer where tensor.dataType == 1 {
      values[tensor.name] = tensor.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    var columns = [String: Int](
      uniqueKeysWithValues: graph.initializer.compactMap { tensor in
        tensor.dims.count == 2 ? (tensor.name, Int(tensor.dims[1])) : nil
      })
    for node in graph.node {
      let inputs = node.input.map { values[$0] ?? [] }
      let repeated = { (place: Int) in inputs[1][place % inputs[1].count] }
      let result: [Float]
      switch node.opType {
      case "Flatten", "Identity": result = inputs[0]
      case "Relu": result = inputs[0].map { max($0, 0) }
      case "Add": result = inputs[0].enumerated().map { $1 + repeated($0) }
      case "Sub": result = inputs[0].enumerated().map { $1 - repeated($0) }
      case "Div": result = inputs[0].enumerated().map { $1 / repeated($0) }
      case "Transpose":
        let width = columns[node.input[0]] ?? 1
        let rows = inputs[0].count / width
        result = (0..<inputs[0].count).map { inputs[0][$0 % rows * width + $0 / rows] }
        columns[node.output[0]] = rows
      case "MatMul":
        let width = columns[node.input[1]] ?? 1
        let inner = inputs[1].count / width
        result = (0..<count * width).map { place in
          (0..<inner).reduce(Float(0)) {
            $0 + inputs[0][place / width * inner + $1] * inputs[1][$1 * width + place % width]
          }
        }
      default: result = []
      }
      values[node.output[0]] = result
    }
    return values
  }
}
