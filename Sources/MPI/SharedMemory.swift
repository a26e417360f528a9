import Glibc
import MPIShim
import Tensors

/// Memory that several ranks have together, zeroed at first: a file of our own that processes of one node
/// map, or memory of the one process that all ranks are in.
///
/// Who makes a file says its name to the others, and removes the name as soon as all have mapped it: then
/// a job that is killed leaves nothing. (`Leftovers` sweeps what one leaves before that.)
public final class SharedMemory {
  /// The number of bytes.
  public let byteCount: Int
  /// What others open it by.
  public let name: String
  private let start: UnsafeMutableRawPointer
  /// The memory of this process; nil: it is mapped.
  private let own: Buffer<UInt8>?

  /// Memory of this process.
  public init(ofProcess byteCount: Int, name: String = "") {
    let memory = Buffer<UInt8>(byteCount)
    (self.byteCount, self.name, own) = (byteCount, name, memory)
    start = memory.withMutableSpan { $0.withUnsafeMutableBytes { bytes in address(of: bytes) } }
  }

  /// A new file, with all its room taken. Where that cannot be had it is an error now, and no SIGBUS later.
  public init(making byteCount: Int) throws {
    let folder = LaunchEnvironment.current.sharedFolder
    var place: UnsafeMutableRawPointer?
    var code: Int32 = 0
    name = text(capacity: 4096) {
      code = mpis_make_shared(folder, Int64(byteCount), $0, $1, &place)
    }
    guard code == 0, let place else {
      throw NoSharedMemory(
        place: "\(folder) has no room for \((byteCount + (1 << 20) - 1) >> 20) MiB", code: code)
    }
    (self.byteCount, own, start) = (byteCount, nil, place)
  }

  /// The file `name`, which another process of this node has made with so many bytes.
  public init(opening name: String, byteCount: Int) throws {
    var place: UnsafeMutableRawPointer?
    let code = mpis_open_shared(name, Int64(byteCount), &place)
    guard code == 0, let place else {
      throw NoSharedMemory(place: "\(name) cannot be mapped", code: code)
    }
    (self.byteCount, self.name, own, start) = (byteCount, name, nil, place)
  }

  deinit { if own == nil { mpis_close_shared(start, Int64(byteCount)) } }

  /// Takes the file's name away; those who have mapped it keep it.
  public func removeName() { if own == nil { unlink(name) } }

  /// A part of the memory, which stays as long as anybody has it: `count` values from the byte `place` on.
  public func values<T: BitwiseCopyable>(_ type: T.Type, at place: Int, count: Int) -> Buffer<T> {
    let size = count * MemoryLayout<T>.stride
    precondition(place >= 0 && size >= 0 && place + size <= byteCount && place % 16 == 0)
    let first = (start + place).bindMemory(to: T.self, capacity: count)
    var span = UnsafeMutableBufferPointer(start: first, count: count).mutableSpan
    return Buffer(mapping: &span, keptBy: self)
  }

  /// `count` flags from the byte `place` on.
  public func flags(at place: Int, count: Int) -> SharedFlags {
    precondition(place >= 0 && place + 4 * count <= byteCount && place % 4 == 0)
    let first = (start + place).bindMemory(to: UInt32.self, capacity: count)
    return SharedFlags(first: first, count: count, keeper: self)
  }
}

/// Numbers by which ranks tell each other, in memory that they share, what they have written there.
public struct SharedFlags {
  /// How many there are.
  public let count: Int
  private let first: UnsafeMutablePointer<UInt32>
  private let keeper: SharedMemory

  fileprivate init(first: UnsafeMutablePointer<UInt32>, count: Int, keeper: SharedMemory) {
    (self.first, self.count, self.keeper) = (first, count, keeper)
  }

  /// A flag. Whoever reads it sees what was written before it was set.
  public subscript(index: Int) -> UInt32 {
    get {
      precondition(0 <= index && index < count)
      return mpis_flag(first + index)
    }
    nonmutating set {
      precondition(0 <= index && index < count)
      mpis_set_flag(first + index, newValue)
    }
  }
}

/// Why ranks have no memory together.
public struct NoSharedMemory: Error, CustomStringConvertible {
  /// One sentence, without a full stop.
  public let description: String

  /// What cannot be had, and what the system says.
  init(place: String, code: Int32) {
    description = "\(place): \(String(cString: strerror(code)))"
  }
}

private func address(of bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawPointer {
  guard let address = bytes.baseAddress else { preconditionFailure("no address") }
  return address
}
