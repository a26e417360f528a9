import Foundation
import Tensors
import TestSupport
import Testing

@testable import Storage

/// Saving and loading of large files can be watched, and ended, in the middle.
@Suite struct StorageLongWorkTests {
  private let folder: StorageFolder

  init() throws { folder = try StorageFolder() }

  /// 40 MB of weights.
  private let tensors = [
    NamedState("w", [10_000_000], Buffer([Float](repeating: 1, count: 10_000_000)))
  ]

  @Test func `weights are written, hashed and read piece by piece`() throws {
    let path = "\(folder.path)/w.safetensors"
    #expect(try LongWorkProbe.looks { try SafeTensors.write(tensors, to: path) } >= 9)
    #expect(try LongWorkProbe.looks { _ = try WeightsDigest.hex(of: tensors) } >= 38)
    #expect(try LongWorkProbe.looks { _ = try TensorFile(path: path) } >= 9)
    let file = try TensorFile(path: path)
    #expect(try LongWorkProbe.looks { _ = try WeightsDigest.hex(of: file) } >= 38)
  }

  @Test func `saving that shall end leaves the file that was there`() throws {
    let path = "\(folder.path)/w.safetensors"
    try AtomicFile.write(Array("before".utf8), to: path)
    #expect(throws: LongWorkProbe.Enough.self) {
      try LongWorkProbe.end(atLook: 3) { try SafeTensors.write(tensors, to: path) }
    }
    #expect(try folder.bytes("w.safetensors") == Array("before".utf8))
    #expect(try folder.names == ["w.safetensors"])
  }
}
