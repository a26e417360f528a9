import Foundation
import Testing

@testable import MPI

@Suite struct SharedMappingTests {
  @Test func `two mappings of a file are one memory, which outlives its name`() throws {
    let first = try SharedMemory(making: 1 << 16)
    let second = try SharedMemory(opening: first.name, byteCount: 1 << 16)
    first.removeName()
    #expect(!FileManager.default.fileExists(atPath: first.name))
    let values = first.values(Float.self, at: 4096, count: 3)
    #expect(values.array == [0, 0, 0])
    values[1] = 2.5
    first.flags(at: 0, count: 4)[3] = 7
    #expect(second.values(Float.self, at: 4096, count: 3).array == [0, 2.5, 0])
    #expect(second.flags(at: 0, count: 4)[3] == 7)
  }

  @Test func `memory stays as long as anybody has a part of it`() throws {
    var memory: SharedMemory? = try SharedMemory(making: 4096)
    memory?.removeName()
    let values = try #require(memory).values(Double.self, at: 0, count: 2)
    memory = nil
    values[1] = 3
    #expect(values.array == [0, 3])
  }

  @Test func `what cannot be had is an error with a sentence`() throws {
    #expect {
      try SharedMemory(making: 1 << 50)
    } throws: {
      "\($0)".hasPrefix("/dev/shm has no room for 1073741824 MiB: ")
    }
    let memory = try SharedMemory(making: 4096)
    #expect {
      try SharedMemory(opening: memory.name, byteCount: 8192)
    } throws: {
      "\($0)" == "\(memory.name) cannot be mapped: Invalid argument"
    }
    memory.removeName()
    #expect {
      try SharedMemory(opening: memory.name, byteCount: 4096)
    } throws: {
      "\($0)" == "\(memory.name) cannot be mapped: No such file or directory"
    }
  }

  /// What a job leaves that is killed before its ranks have met is swept by the next.
  @Test func `a name that stays is swept once nobody has the memory`() throws {
    var memory: SharedMemory? = try SharedMemory(making: 4096)
    let name = try #require(memory?.name)
    var leftovers = Leftovers(temporary: NSTemporaryDirectory())
    leftovers.leastSegmentAge = 0
    leftovers.sweep()
    #expect(FileManager.default.fileExists(atPath: name))
    memory = nil
    leftovers.sweep()
    #expect(!FileManager.default.fileExists(atPath: name))
  }
}
