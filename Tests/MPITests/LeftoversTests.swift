import Foundation
import Glibc
import TestSupport
import Testing

@testable import MPI

@Suite struct LeftoversTests {
  private let scratch: Scratch
  private var folder: String { "tmp/ompi.here.\(geteuid())" }
  /// More than a process can have.
  private let dead = 99_999_999

  init() throws {
    scratch = try Scratch()
    for name in ["vader_segment.here.0.1.0", "osc_sm.here.1.0.4", "sm_segment.here.1"] {
      try scratch.write("", to: "shm/\(name)")
    }
    try scratch.write("", to: "\(folder)/pid.\(dead)/1/0/file")
  }

  private func sweep(leastAge: Int = 3600, leastSegmentAge: Int = 0) {
    var leftovers = Leftovers(
      sharedMemory: [scratch["shm"]], temporary: scratch["tmp"], host: "here")
    leftovers.leastAge = leastAge
    leftovers.leastSegmentAge = leastSegmentAge
    leftovers.sweep()
  }

  @Test func `what nobody has open is removed`() throws {
    try scratch.write("", to: "\(folder)/jf.1/file")
    sweep(leastAge: -1)
    #expect(scratch.names(in: "shm") == [])
    #expect(scratch.names(in: folder) == [])
  }

  @Test func `what a process has open or mapped stays`() throws {
    try scratch.write("mapped", to: "shm/vader_segment.here.0.2.0")
    let mapped = open(scratch["shm/vader_segment.here.0.2.0"], O_RDWR)
    let address = mmap(nil, 6, PROT_READ, MAP_SHARED, mapped, 0)
    close(mapped)
    let segment = open(scratch["shm/osc_sm.here.1.0.4"], O_RDONLY)
    let file = open(scratch["\(folder)/pid.\(dead)/1/0/file"], O_RDONLY)
    sweep()
    #expect(
      scratch.names(in: "shm").sorted() == ["osc_sm.here.1.0.4", "vader_segment.here.0.2.0"])
    #expect(scratch.names(in: folder) == ["pid.\(dead)"])
    munmap(address, 6)
    close(segment)
    close(file)
    sweep()
    #expect(scratch.names(in: "shm") == [])
    #expect(scratch.names(in: folder) == [])
  }

  @Test func `what may belong to a living job stays`() throws {
    let others = ["vader_segment.elsewhere.0.1.0", "vader_segment.here", "somebody's"]
    for name in others { try scratch.write("", to: "shm/\(name)") }
    try scratch.write("", to: "\(folder)/pid.\(getpid())/contact.txt")
    try scratch.write("", to: "\(folder)/jf.1/file")
    sweep()
    #expect(scratch.names(in: "shm").sorted() == others.sorted())
    #expect(scratch.names(in: folder).sorted() == ["jf.1", "pid.\(getpid())"])
  }

  @Test func `shared memory in which ranks may be about to meet stays`() {
    sweep(leastSegmentAge: 60)
    #expect(scratch.names(in: "shm").count == 3)
  }

  @Test func `links are removed, not followed`() throws {
    try scratch.write("", to: "kept/file")
    symlink(scratch["kept"], scratch["\(folder)/pid.\(dead)/link"])
    symlink(scratch["kept/file"], scratch["shm/vader_segment.here.0.9.9"])
    sweep()
    #expect(scratch.names(in: folder) == [])
    #expect(scratch.names(in: "kept") == ["file"])
  }
}
