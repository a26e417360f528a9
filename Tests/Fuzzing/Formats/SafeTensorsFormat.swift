/// Safetensors files: a header that mostly fits its data.
enum SafeTensorsFormat {
  /// - Parameter tensors: what a file should hold, with type and axes.
  static func format(_ tensors: [(name: String, type: String, shape: [Int])]) -> Format {
    Format(
      seeds: [whole(tensors), whole([]), whole(tensors.reversed())],
      tokens: utf8([
        #""F32""#, #""BF16""#, #""I64""#, #""__metadata__":{"#, #""shape":["#, #""data_offsets":["#,
        "[", "{", "}", "]", ",",
        #"\ud83d"#, #"\u0000"#, #"\u202e"#, "\"", "\u{1b}", "é", "e\u{301}",
      ]),
      make: { make(tensors, &$0) }, repair: { fitLength(&$0, &$1) })
  }

  private static func size(_ type: String) -> Int {
    switch type {
    case "F64", "I64": 8
    case "F32": 4
    default: 2
    }
  }

  private static func whole(_ tensors: [(name: String, type: String, shape: [Int])]) -> [UInt8] {
    var end = 0
    let fields = tensors.map { name, type, shape in
      let start = end
      end += shape.reduce(size(type), *)
      return
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
    }
    return file(
      "{\(fields.joined(separator: ","))}", (0..<end).map { UInt8(truncatingIfNeeded: $0) })
  }

  private static func make(
    _ tensors: [(name: String, type: String, shape: [Int])], _ draw: inout Draw
  ) -> [UInt8] {
    var (fields, end) = ([String](), UInt64(0))
    if draw.once(in: 4) { fields.append(#""__metadata__":{"a":"b","\u00e9\n":""}"#) }
    for tensor in tensors where !draw.once(in: 15) {
      let name =
        draw.once(in: 30)
        ? draw.pick(["", "\\u001b[0m", "\\ud83d\\ude00", "x", tensor.name]) : tensor.name
      let type =
        draw.once(in: 10) ? draw.pick(["F64", "F32", "F16", "BF16", "I64", "I8", ""]) : tensor.type
      let axes = tensor.shape.map { draw.once(in: 15) ? draw.edge() : UInt64($0) }
      let start = lie(end, &draw)
      end = end &+ axes.reduce(UInt64(size(type))) { $0 &* $1 }
      let pair = draw.once(in: 30) ? "\(start)" : "\(start),\(lie(end, &draw))"
      let shape = axes.map(String.init).joined(separator: ",")
      fields.append(
        #""\#(name)":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(pair)]}"#)
    }
    if !fields.isEmpty { fields.swapAt(0, draw.below(fields.count)) }
    return file(
      "{\(fields.joined(separator: ","))}", draw.bytes(end < 4096 ? Int(end) : draw.below(99)))
  }

  private static func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
    little(header.utf8.count, 8) + Array(header.utf8) + data
  }

  private static func lie(_ truth: UInt64, _ draw: inout Draw) -> UInt64 {
    draw.once(in: 25) ? draw.edge(near: Int(truncatingIfNeeded: truth)) : truth
  }

  /// Makes the header end where its last brace closes.
  private static func fitLength(_ bytes: inout [UInt8], _ draw: inout Draw) {
    guard bytes.count > 9, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 else {
      return
    }
    bytes.replaceSubrange(0..<8, with: little(end - 7, 8))
  }
}
