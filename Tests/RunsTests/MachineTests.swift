import Testing

@testable import Runs

@Suite struct MachineTests {
  @Test(arguments: [
    ("fpu sse2 avx2 avx512f avx512bw", Machine.Vectors.avx512), ("fpu sse2 avx2", .avx2),
    ("fpu sse2 avx512_vp2intersect", .none),
  ])
  func `a processor is known by its name and its vectors`(flags: String, vectors: Machine.Vectors) {
    let text = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: \(flags)\n\nprocessor\t: 1\n"
    let found = Machine.processor(text)
    #expect(found?.name == "Some CPU" && found?.vectors == vectors)
    #expect(Machine.processor("processor : 0\nFeatures : fp asimd\n") == nil)
    #expect(Machine.coreTypes(for: .avx2).contains("Zen"))
    #expect(!Machine.coreTypes(for: .avx512).contains("Haswell"))
  }

  @Test(arguments: [("50000 100000\n", 0.5), ("max 100000\n", nil), ("", nil), ("3 0", nil)])
  func `a control group's share of the cores`(text: String, cores: Double?) {
    #expect(Machine.coreQuota(text) == cores)
  }

  @Test func `available memory is in bytes`() {
    #expect(Machine.availableMemory("MemTotal: 9 kB\nMemAvailable:   2048 kB\n") == 2 << 20)
    #expect(Machine.availableMemory("") == nil)
  }

  @Test func `shared memory that is missing, or has no room, is no good`() {
    #expect(Machine.sharedMemory(in: "/no/such/folder").fault?.contains("is missing") == true)
    // It holds nothing, and takes nothing.
    #expect(Machine.sharedMemory(in: "/proc").fault?.contains("is full") == true)
  }

  @Test func `names that do not resolve are said, with the system's words`() {
    #expect(Machine.unknownHost("localhost") == nil)
    // The domain is reserved: it never resolves (RFC 6761).
    #expect(Machine.unknownHost("host.invalid")?.isEmpty == false)
  }

  @Test func `other programs are asked, and those that are not there say nothing`() {
    #expect(Machine.words(of: ["sh", "-c", "echo one; echo two >&2"]) == "one\ntwo\n")
    #expect(Machine.words(of: ["no-such-program-anywhere"]) == nil)
    #expect(Machine.words(of: ["sleep", "20"], seconds: 1) == nil)
  }
}
