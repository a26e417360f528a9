import Storage
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// Thousands of damaged copies of sound files: each is read or refused, and none ends the process.
@Suite struct FuzzTests {
  /// Calls `read` with `rounds` damaged copies of `sound`, the same ones every time.
  func damage(_ sound: [UInt8], rounds: Int, _ read: ([UInt8]) throws -> Void) -> Int {
    var generator = SeededGenerator(seed: 7, stream: "fuzz")
    var refusals = 0
    for _ in 0..<rounds {
      var bytes = sound
      for _ in 0...generator.integer(below: 4) {
        let position = generator.integer(below: bytes.count)
        switch generator.integer(below: 8) {
        case 0: bytes[position] ^= 1 << UInt8(generator.integer(below: 8))
        case 1: bytes[position] = UInt8(generator.integer(below: 256))
        case 2: bytes[position] = [0, 1, 0x7f, 0x80, 0xff][generator.integer(below: 5)]
        case 3: bytes.removeLast(generator.integer(below: bytes.count))
        case 4: bytes.remove(at: position)
        case 5: bytes.insert(UInt8(generator.integer(below: 256)), at: position)
        case 6:
          let end = min(bytes.count, position + 1 << generator.integer(below: 4))
          for index in position..<end { bytes[index] = 0xff }
        default:
          let other = generator.integer(below: bytes.count)
          bytes.swapAt(position, other)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do { try read(bytes) } catch is FileError { refusals += 1 } catch {
        Issue.record("\(error) is no FileError")
      }
    }
    return refusals
  }

  @Test(arguments: ["version1.npy", "version2.npy", "fortran.npy", "text.npy"])
  func `damaged npy files`(name: String) throws {
    let refusals = damage(try InputFile.read(golden(name)), rounds: 4000) { bytes in
      let array = try NPYArray(bytes: bytes, place: "a", for: .labels)
      guard !array.type.kind.isText else { return _ = try array.texts() }
      _ = try? array.floats()
      _ = try? array.integers()
    }
    #expect(refusals > 1000)
  }

  @Test(arguments: ["compressed.npz", "types.npz"])
  func `damaged npz files`(name: String) throws {
    let refusals = damage(try InputFile.read(golden(name)), rounds: 800) { bytes in
      let file = try NPZFile(bytes: bytes, place: "a")
      for name in file.names { _ = try file.array(name).doubles() }
    }
    #expect(refusals > 300)
  }

  @Test func `damaged npz files with 64-bit sizes`() {
    let array = NPYWriter.bytes([1, 2, 3] as [Float], shape: [3])
    let entries = [
      Handmade.Entry("a.npy", array),
      Handmade.Entry("b.npy", array, deflated: Handmade.deflateStored(array)),
    ]
    let refusals = damage(Handmade.zip(entries, wide: true), rounds: 3000) { bytes in
      let file = try NPZFile(bytes: bytes, place: "a")
      for name in file.names { _ = try file.array(name).floats() }
    }
    #expect(refusals > 1000)
  }

  @Test(arguments: [0, 1, 2])
  func `damaged idx files`(memberCount: Int) {
    let sound = Handmade.idx(2051, [3, 4, 5], (0..<60).map { UInt8($0) })
    let halves = [Array(sound.prefix(30)), Array(sound.dropFirst(30))]
    let bytes = [sound, Handmade.gzip(sound), halves.flatMap { Handmade.gzip($0) }][memberCount]
    let refusals = damage(bytes, rounds: 3000) { bytes in
      let file = try IDXFile(bytes: bytes, .images, place: "a")
      var values = [Float](repeating: 0, count: file.dimensions.reduce(1, *))
      let all = values.indices
      var room = values.mutableSpan
      file.copy(all, into: &room)
    }
    #expect(refusals > 1000)
  }

  @Test func `damaged manifests and id lists`() {
    let text = "id,label,index\r\n\"a \"\"x\"\"\",0,5\r\nbß,dog,\"6\"\n\nc,2,7"
    let refusals = damage(Array(text.utf8), rounds: 4000) { bytes in
      _ = try? IDList.parse(bytes, place: "a")
      _ = try Manifest.parse(bytes, place: "a", classes: ["cat", "dog", "owl"], column: .index)
    }
    #expect(refusals > 1000)
  }
}
