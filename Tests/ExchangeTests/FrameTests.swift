import Testing

@testable import Exchange

@Suite struct FrameTests {
  private func frame(_ kind: MessageKind = .roster, number: Int = -1) -> Frame {
    let frame = Frame()
    frame.reset(kind: kind, number: number)
    return frame
  }

  @Test func `what is appended is read back`() throws {
    let message = frame(.headUpdate, number: 1 << 40)
    message.append(3.25)
    message.append([Float](repeating: 1.5, count: 5000))
    message.append([Int32]())
    message.append("Stimme, 声, голос")
    message.append(Int64.min)
    #expect(message.kind == .headUpdate)
    #expect(message.number == 1 << 40)
    #expect(try message.read(Double.self) == 3.25)
    #expect(try message.readArray(of: Float.self) == [Float](repeating: 1.5, count: 5000))
    #expect(try message.readArray(of: Int32.self) == [])
    #expect(try message.readText() == "Stimme, 声, голос")
    #expect(try message.read(Int64.self) == .min)
    #expect(message.remaining == 0)
  }

  @Test func `a frame starts over when it is reset`() throws {
    let message = frame(.head, number: 1)
    message.append([1.0, 2.0])
    message.reset(kind: .probe, number: 2)
    #expect(message.kind == .probe)
    #expect(message.number == 2)
    #expect(message.remaining == 0)
  }

  @Test func `a message of any size has its kind`() {
    // The size lies beside the kind: read as an optional number, its first byte would say whether there
    // is one.
    for count in 0..<600 {
      let message = frame(.assignment)
      for _ in 0..<count { message.append(UInt8(7)) }
      message.seal()
      #expect(message.code == MessageKind.assignment.code, "\(message.byteCount) bytes")
    }
  }

  @Test func `contents are swapped whole`() throws {
    let one = frame(.head, number: 1)
    one.append([1.0, 2.0])
    let other = frame(.report, number: 2)
    other.append("text")
    _ = try other.read(Int.self)
    one.exchangeContents(with: other)
    #expect(one.kind == .report)
    #expect(try one.readText() == "text")
    #expect(try other.readArray(of: Double.self) == [1, 2])
  }

  @Test func `reading past the end is refused`() throws {
    let message = frame(.head, number: 7)
    message.append(Int32(1))
    #expect(throws: ExchangeError.shortMessage(kind: .head, number: 7, wanted: 8, left: 4)) {
      try message.read(Double.self)
    }
    #expect(try message.read(Int32.self) == 1)
  }

  @Test(arguments: [-1, Int.min, 3, 1 << 32, Int.max / 4, Int.max])
  func `a count that the message does not hold is refused`(count: Int) {
    let message = frame()
    message.append(count)
    message.append([UInt8](repeating: 0, count: 2))
    #expect(throws: ExchangeError.self) { try message.readArray(of: Double.self) }
    message.reset(kind: .roster, number: -1)
    message.append(count)
    #expect(throws: ExchangeError.self) { try message.readText() }
  }

  @Test(arguments: [-1, Int.min, Int.max, Int.max / 8 + 1])
  func `an impossible number of values is refused`(count: Int) {
    let message = frame()
    message.append(count)
    message.append(1.0)
    #expect(throws: ExchangeError.self) { try message.readArray(of: Double.self) }
  }

  @Test func `an impossible length is called so`() {
    let error = ExchangeError.shortMessage(kind: .roster, number: -1, wanted: -8, left: 16)
    #expect(
      error.description
        == "the message roster is too short: an impossible length expected where 16 bytes are left; all ranks must run the same build"
    )
  }

  @Test(arguments: 0..<16)
  func `a message shorter than a header is none of ours`(byteCount: Int) {
    let message = frame(.head, number: 3)
    message.append([1.0, 2.0])
    message.prepareToReceive(byteCount: byteCount)
    message.identify(expecting: .head, among: [MessageKind.head.code: .head])
    #expect(message.kind == nil)
    #expect(message.number == -1)
    #expect(message.remaining == 0)
    #expect(throws: ExchangeError.self) { try message.read(UInt8.self) }
  }

  @Test(arguments: [0, 99, 1 << 20, .max] as [UInt32])
  func `a number that is no kind is none of ours`(number: UInt32) {
    let message = frame()
    message.bytes.store(number, at: 0)
    message.identify(expecting: .head, among: [MessageKind.roster.code: .roster])
    #expect(message.kind == nil)
  }
}
