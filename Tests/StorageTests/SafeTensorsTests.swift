import Foundation
import Tensors
import Testing

@testable import Storage

@Suite struct SafeTensorsTests {
  let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  static var tensors: [NamedState] {
    [
      NamedState("w", [1, 2], Buffer([Float(1.5), -2])),
      NamedState("P", [2], Buffer([Double.pi, -0.0])),
      NamedState("step", [Int64.min]) { _ in },
      NamedState("scalar", [], Buffer([Float(7)])),
      NamedState("empty", [0, 3], Buffer([Float]())),
    ]
  }

  @Test func `a file is its header and its values, byte for byte`() {
    let header =
      #"{"__metadata__":{"a":"1","b":"\"\u000a"},"#
      + #""w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
      + #""n":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}"#
    #expect(header.utf8.count == 150)
    let bytes = SafeTensors.encode(
      [
        NamedState("w", [1, 2], Buffer([Float(1.5), -2])),
        NamedState("n", [Int64(258)]) { _ in },
      ],
      metadata: ["b": "\"\n", "a": "1"])
    let data: [UInt8] = [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 2, 1, 0, 0, 0, 0, 0, 0]
    #expect(bytes == [152, 0, 0, 0, 0, 0, 0, 0] + Array((header + "  ").utf8) + data)
  }

  @Test func `what was written is read back, bit for bit`() throws {
    let path = "\(folder.path)/a.safetensors"
    let metadata = ["name": "größe \u{1} \\ \"", "": "empty key"]
    try SafeTensors.write(Self.tensors, metadata: metadata, to: path)
    let bytes = try folder.bytes("a.safetensors")
    #expect(bytes == SafeTensors.encode(Self.tensors, metadata: metadata))
    let file = try TensorFile(path: path)
    #expect(file.metadata == metadata)
    #expect(file.tensors.count == 5)
    #expect(try file.tensor(named: "w", shape: [1, 2]).floats() == [1.5, -2])
    let doubles = try file.tensor(named: "P").doubles()
    #expect(doubles.map(\.bitPattern) == [Double.pi, -0.0].map(\.bitPattern))
    #expect(try file.tensor(named: "step", shape: [1]).integers() == [.min])
    #expect(try file.tensor(named: "scalar", shape: []).floats() == [7])
    #expect(try file.tensor(named: "empty", shape: [0, 3]).floats() == [])
    #expect(file["none"] == nil)
  }

  @Test func `who reads a file may note its bytes, or look at its metadata alone`() throws {
    let path = "\(folder.path)/noted.safetensors"
    try SafeTensors.write(Self.tensors, metadata: ["a": "1"], to: path)
    let whole = SafeTensors.encode(Self.tensors, metadata: ["a": "1"])
    var noted: [UInt8] = []
    _ = try TensorFile(path: path) { bytes in noted += bytes.withUnsafeBytes { Array($0) } }
    #expect(noted == whole)
    #expect(try TensorFile.metadata(path: path) == ["a": "1"])
    // The data are missed without being read.
    let cut = "\(folder.path)/cut.safetensors"
    try Data(whole.dropLast(8)).write(to: URL(filePath: cut))
    #expect(throws: FileError.self) { try TensorFile.metadata(path: cut) }
  }

  @Test func `the order of metadata does not depend on the order of a dictionary`() {
    let pairs = (0..<20).map { ("k\($0)", "v") }
    let one = SafeTensors.encode([], metadata: Dictionary(uniqueKeysWithValues: pairs))
    let other = SafeTensors.encode([], metadata: Dictionary(uniqueKeysWithValues: pairs.reversed()))
    #expect(one == other)
  }

  @Test func `a file of nothing is a file`() throws {
    let file = try TensorFile(SafeTensors.encode([]), place: "a")
    #expect(file.tensors.isEmpty && file.metadata.isEmpty)
  }

  /// `save({"w": f32 [[1.5, -2]], "n": i64 [7], "h": f16 [0.5]}, {"k": "v\"\n"})` by the Python
  /// package safetensors 0.8.0, which sorts tensors by the size of their elements.
  @Test func `files of the reference implementation are read`() throws {
    let header =
      #"{"__metadata__":{"k":"v\"\n"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
      + #""w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"#
      + #""h":{"dtype":"F16","shape":[1],"data_offsets":[16,18]}}"#
    let data: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0x38]
    let file = try TensorFile(file(header, data: data), place: "a")
    #expect(file.metadata == ["k": "v\"\n"])
    #expect(try file.tensor(named: "n", shape: [1]).integers() == [7])
    #expect(try file.tensor(named: "w", shape: [1, 2]).floats() == [1.5, -2])
    #expect(try file.tensor(named: "h", shape: [1]).floats() == [0.5])
  }

  @Test func `half floats widen exactly, at any byte`() throws {
    let header =
      #"{"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"#
      + #""b":{"dtype":"BF16","shape":[2],"data_offsets":[6,10]},"#
      + #""d":{"dtype":"F64","shape":[1],"data_offsets":[10,18]}}"#
    // F16 1, -2^-24 (subnormal), infinity; BF16 1.5, -0.0078125; F64 1.
    let data: [UInt8] = [
      0, 0x3C, 1, 0x80, 0, 0x7C, 0xC0, 0x3F, 0, 0xBC, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F,
    ]
    let file = try TensorFile(file(header, data: data), place: "a")
    #expect(try file.tensor(named: "h").floats() == [1, -0x1p-24, .infinity])
    #expect(try file.tensor(named: "b").doubles() == [1.5, -0.0078125])
    #expect(try file.tensor(named: "d").doubles() == [1])
  }

  @Test func `names may hold anything, escaped or not`() throws {
    let header =
      #" { "é\u0041\u00e9\uD83D\uDE00\/\b\f\r\t" : {"shape":[ ],"data_offsets":[0 , 4],"#
      + "\n\t\"dtype\":\"F32\"} }  "
    let file = try TensorFile(file(header, data: [0, 0, 0x80, 0x3F]), place: "a")
    #expect(file.tensors.map(\.name) == ["éAé😀/\u{8}\u{c}\r\t"])
    #expect(try file.tensors[0].floats() == [1])
  }

  @Test func `a tensor that is not there, or not so, is refused with what is`() throws {
    let names = ["module.conv1.weight", "conv2.weight", "conv1.bias", "fc.bias", "x"]
    let tensors = names.map { NamedState($0, [1, 2], Buffer([Float(0), 0])) }
    let file = try TensorFile(SafeTensors.encode(tensors), place: "a.safetensors")
    #expect(
      refusal { _ = try file.tensor(named: "conv1.weight", shape: [64, 3]) }
        == #"a.safetensors: has no tensor "conv1.weight" [64 x 3]; the nearest of its 5 names: "#
        + #""module.conv1.weight" [1 x 2], "conv2.weight" [1 x 2], "conv1.bias" [1 x 2]"#)
    #expect(
      refusal { _ = try file.tensor(named: "fc.bias", shape: [2]) }
        == #"a.safetensors: tensor "fc.bias" has the shape [1 x 2], expected [2]"#)
    #expect(
      refusal { _ = try TensorFile(SafeTensors.encode([]), place: "a").tensor(named: "w") }
        == #"a: has no tensor "w": it holds no tensors at all"#)
  }

  @Test func `values are not converted where something could be lost`() throws {
    let file = try TensorFile(SafeTensors.encode(Self.tensors), place: "a")
    #expect(
      refusal { _ = try file.tensor(named: "P").floats() }
        == #"a: tensor "P" has the type F64, expected F32, F16 or BF16"#)
    #expect(
      refusal { _ = try file.tensor(named: "step").doubles() }
        == #"a: tensor "step" has the type I64, expected F64, F32, F16 or BF16"#)
    #expect(
      refusal { _ = try file.tensor(named: "w").integers() }
        == #"a: tensor "w" has the type F32, expected I64"#)
  }
}
