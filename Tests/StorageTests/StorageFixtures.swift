import Foundation
import Synchronization

/// A folder for one test, gone afterwards.
final class StorageFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("storage-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names of all that lies in the folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }
}

/// Somebody who reads a file or a pipe to its end, on a thread of their own: those that tests run on
/// may all be waiting.
final class Reader: Sendable {
  private let found = Mutex<[UInt8]>([])
  private let end = DispatchSemaphore(value: 0)

  /// Begins to read after so many microseconds.
  init(of path: String, after microseconds: UInt32 = 0) {
    Thread.detachNewThread { [self] in
      usleep(microseconds)
      let descriptor = open(path, O_RDONLY)
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
        found.withLock { $0 += buffer[..<count] }
      }
      close(descriptor)
      end.signal()
    }
  }

  /// All that was there to read.
  var bytes: [UInt8] {
    end.wait()
    defer { end.signal() }
    return found.withLock { $0 }
  }
}

/// A safetensors file with this header, right or wrong, and this data.
func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + header.utf8 + data
}

/// What a call threw, as a sentence.
func refusal(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was refused"
  } catch {
    return "\(error)"
  }
}
