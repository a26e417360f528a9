import Foundation
import Schemas
import Storage
import Tensors

/// A graph of ONNX that grows node by node. Every method adds a node and gives the name of its output.
struct GraphBuilder {
  /// The version of the operators: the first with LayerNormalization (January 2022).
  static let opset = 17
  /// The version of the file format that goes with it.
  static let formatVersion: Int64 = 8
  /// The most bytes that a file of protobuf can have, and what is left of them for nodes.
  static let most = 1 << 31 - 1 << 20

  private(set) var graph = Onnx_GraphProto()
  private var count = 0

  /// An empty graph.
  init(_ name: String) { graph.name = name }

  // MARK: - Ends

  /// An input; negative axes are of any length, called `n`.
  mutating func input(_ name: String, _ type: Onnx_TensorProto.DataType, _ axes: [Int]) -> String {
    graph.input.append(Self.value(name, type, axes))
    return name
  }

  /// Makes `value` an output of that name.
  mutating func output(
    _ name: String, _ value: String, _ type: Onnx_TensorProto.DataType, _ axes: [Int]
  ) {
    var node = Onnx_NodeProto()
    (node.opType, node.input, node.output) = ("Identity", [value], [name])
    node.name = "output/\(name)"
    graph.node.append(node)
    graph.output.append(Self.value(name, type, axes))
  }

  private static func value(
    _ name: String, _ type: Onnx_TensorProto.DataType, _ axes: [Int]
  ) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = Int32(type.rawValue)
    value.type.tensorType.shape.dim = axes.map { axis in
      var dimension = Onnx_TensorShapeProto.Dimension()
      if axis < 0 { dimension.dimParam = "n" } else { dimension.dimValue = Int64(axis) }
      return dimension
    }
    return value
  }

  // MARK: - Numbers

  /// Stores an array under its own name.
  mutating func store(_ state: NamedState) {
    var tensor = Onnx_TensorProto()
    tensor.name = state.name
    tensor.dims = state.shape.dimensions.map(Int64.init)
    tensor.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    tensor.rawData = Data(state.bytes)
    graph.initializer.append(tensor)
  }

  /// Whole numbers, such as the axes of a shape.
  mutating func integers(_ values: [Int], isScalar: Bool = false) -> String {
    constant(.int64, values.map(Int64.init), isScalar ? [] : [values.count])
  }

  /// A number of float32.
  mutating func float(_ value: Float) -> String { constant(.float, [value], []) }

  /// Numbers of float64, of that shape.
  mutating func doubles(_ values: [Double], _ shape: [Int] = []) -> String {
    constant(.double, values, shape)
  }

  private mutating func constant<Value: StateElement>(
    _ type: Onnx_TensorProto.DataType, _ values: [Value], _ shape: [Int]
  ) -> String {
    count += 1
    let state = NamedState("constant\(count)", [values.count], Buffer(values))
    var tensor = Onnx_TensorProto()
    tensor.name = state.name
    tensor.dims = shape.map(Int64.init)
    tensor.dataType = Int32(type.rawValue)
    tensor.rawData = Data(state.bytes)
    graph.initializer.append(tensor)
    return tensor.name
  }

  // MARK: - Nodes

  /// What an attribute of a node can be.
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
  }

  /// Adds a node with one output.
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = []
  ) -> String {
    count += 1
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = "\(operation)\(count)"
    node.input = inputs
    node.output = ["value\(count)"]
    node.attribute = attributes.map { name, value in
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      switch value {
      case .integer(let number): (attribute.type, attribute.i) = (.int, Int64(number))
      case .integers(let numbers):
        (attribute.type, attribute.ints) = (.ints, numbers.map(Int64.init))
      case .float(let number): (attribute.type, attribute.f) = (.float, number)
      }
      return attribute
    }
    graph.node.append(node)
    return node.output[0]
  }

  // MARK: - The file

  /// The graph as a file, with what it says of itself.
  func model(about facts: [(String, String)]) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = Self.formatVersion
    model.producerName = "Antiphon"
    model.graph = graph
    var operators = Onnx_OperatorSetIdProto()
    operators.version = Int64(Self.opset)
    model.opsetImport = [operators]
    model.metadataProps = facts.map { key, value in
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    return model
  }
}
