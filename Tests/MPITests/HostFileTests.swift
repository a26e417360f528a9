import TestSupport
import Testing

@testable import MPI

@Suite struct HostFileTests {
  private func hosts(_ text: String) throws -> HostFile {
    try HostFile(Array(text.utf8), path: "hosts.txt")
  }

  @Test func `hosts are the first words of lines, without remarks`() throws {
    let file = try hosts(
      "# all\nnode0 slots=1   # here\n\n  me@node-1.lab slots = 2 max_slots=4\nnode_2")
    #expect(file.hosts == ["node0", "me@node-1.lab", "node_2"])
    #expect(!file.isFromWindows)
  }

  @Test func `hosts that do not answer are left out where others have room`() throws {
    let file = try hosts("a slots=1 # one\nb slots=2\nc\nb")
    #expect(file.lines(without: ["b"], ranks: 2) == ["a slots=1 ", "c"])
    #expect(file.lines(without: ["b"], ranks: 3) == nil)
    #expect(file.lines(without: [], ranks: 9) == ["a slots=1 ", "b slots=2", "c", "b"])
    #expect(file.lines(without: ["c"], ranks: 9) == nil)
  }

  @Test(arguments: ["node0 slots=1\r\nnode1\r\n", "\u{FEFF}node0\nnode1", "node0\rnode1\r"])
  func `files from Windows are read`(text: String) throws {
    let file = try hosts(text)
    #expect(file.hosts == ["node0", "node1"])
    #expect(file.isFromWindows)
  }

  @Test(arguments: [
    ("", "hosts.txt lists no host; expected a host a line, such as: node1 slots=2"),
    ("\r\n# none\r\n", "hosts.txt lists no host; expected a host a line, such as: node1 slots=2"),
    ("a\0b", "hosts.txt is no text; expected a host a line, such as: node1 slots=2"),
    (
      "a\nb, slots=2",
      "hosts.txt:2: found 'b,', expected the name of a host, of letters, digits, dots and hyphens, then a blank and slots=N"
    ),
    (
      "node:2",
      "hosts.txt:1: found 'node:2', expected the name of a host, of letters, digits, dots and hyphens, then a blank and slots=N"
    ),
    ("a b", "hosts.txt:1: found 'b' behind the host, expected slots=N"),
    ("a slots=two", "hosts.txt:1: slots=two: expected a whole number, such as slots=2"),
    (
      "a slots=\u{1b}\u{202e}",
      #"hosts.txt:1: slots=\u{1B}\u{202E}: expected a whole number, such as slots=2"#
    ),
    ("a max_slots=-1", "hosts.txt:1: max_slots=-1: expected a whole number, such as max_slots=2"),
    ("a slots=", "hosts.txt:1: slots=: expected a whole number, such as slots=2"),
  ])
  func `what mpirun could not read is refused`(text: String, sentence: String) {
    let fault = #expect(throws: HostFile.Fault.self) { try hosts(text) }
    #expect(fault?.description == sentence)
  }

  @Test func `folders and missing files are refused, pipes left alone`() throws {
    let scratch = try Scratch()
    let folder = #expect(throws: HostFile.Fault.self) { try HostFile(path: scratch.path) }
    #expect(folder?.description.contains("is a folder") == true)
    let missing = #expect(throws: HostFile.Fault.self) { try HostFile(path: scratch["none"]) }
    #expect(missing?.description.hasSuffix("cannot be read: No such file or directory") == true)
    #expect(try HostFile(path: "/dev/null").hosts == [])
    try scratch.write("node0\n", to: "hosts")
    #expect(try HostFile(path: scratch["hosts"]).hosts == ["node0"])
  }
}

@Suite struct MPIOptionsTests {
  @Test(arguments: [
    (["eth0"], "found 'eth0', expected an option, which begins with '-'"),
    (["--mca", "btl", "tcp", "eth0"], "found 'eth0', expected an option, which begins with '-'"),
    (
      ["--mca", "btl"],
      "--mca needs a parameter and its value behind it, such as --mca btl self,tcp"
    ),
    (
      ["-mca", "--quiet", "x"],
      "-mca needs a parameter and its value behind it, such as -mca btl self,tcp"
    ),
    (["--timeout"], "--timeout needs a value behind it"),
    (
      ["--mca", "btl", "tcp", "--mca", "btl", "self"],
      "btl is set twice; mpirun takes each parameter once"
    ),
  ])
  func `what mpirun would take for something else is refused`(words: [String], fault: String) {
    #expect(MPIOptions.fault(in: words) == fault)
  }

  @Test(arguments: [
    [], ["--mca", "a", "1", "--mca", "b", "-1"], ["--timeout", "9", "--report-bindings"],
    ["--some-option", "with", "words", "-x", "NAME"],
  ])
  func `all else is left to mpirun`(words: [String]) {
    #expect(MPIOptions.fault(in: words) == nil)
  }
}

@Suite struct SharedMemoryTests {
  private static let parameters = [
    "osc_sm_backing_directory", "btl_vader_backing_directory", "shmem_mmap_backing_file_base_dir",
  ].map { "OMPI_MCA_" + $0 }

  @Test(arguments: [(0, true), ((12 << 20) - 1, true), (12 << 20, false), (1 << 40, false)])
  func `ranks meet elsewhere where shared memory is full`(free: Int, elsewhere: Bool) {
    let environment = LaunchDefaults(rankCount: 2, freeSharedMemory: free).environment
    for name in Self.parameters { #expect((environment[name] != nil) == elsewhere) }
  }

  @Test func `a folder that takes no files has no room, whatever it is`() {
    #expect(LaunchDefaults.freeMemory(in: "/no/such/folder") == 0)
    #expect(LaunchDefaults.freeMemory(in: "/proc") == 0)
    #expect(LaunchDefaults.freeMemory(in: "/tmp") > 0)
  }

  @Test func `what MPI maps grows with the ranks of a node and their segments`() {
    let two = LaunchDefaults(rankCount: 2, freeSharedMemory: 1 << 40).mappedByMPI
    let three = LaunchDefaults(rankCount: 3, freeSharedMemory: 1 << 40).mappedByMPI
    #expect(three - two == 64 << 20)
    let told = LaunchEnvironment([
      "OMPI_COMM_WORLD_LOCAL_SIZE": "3", "OMPI_MCA_btl_vader_segment_size": "67108864",
    ])
    #expect(told.mappedByMPI == three)
    #expect(LaunchEnvironment([:]).mappedByMPI < two)
  }
}
