import Exchange
import Foundation
import MPI
import Tensors

/// Looks at the machine as a trainer would: what was found, what would be good, and what to do.
public struct Doctor {
  private let console: Console
  private var advice: [String] = []

  /// A doctor who speaks on `console`.
  public init(_ console: Console) { self.console = console }

  /// Says what was found on this machine. MPI need not run for that.
  public mutating func examine() {
    note("antiphon", "\(AntiphonVersion.current), Swift \(AntiphonVersion.compiler)")
    examineMPI()
    examineProcessor()
    examineMemory()
    examineLimits()
    examineNames()
    examineSlurm()
  }

  private mutating func examineMPI() {
    let library = MPIWorld.libraryVersion
    let version = library.split(separator: " ").first { $0.first == "v" }?.dropFirst().prefix {
      $0 == "." || $0.isNumber
    }
    guard let mpirun = Machine.words(of: ["mpirun", "--version"]) else {
      return note(
        "Open MPI", library, good: "an mpirun of the same version",
        advice: "mpirun is not in PATH; Debian's package is openmpi-bin")
    }
    let line = mpirun.split(separator: "\n").first.map(String.init) ?? ""
    let isSame = version.map { line.contains($0) } ?? true
    note(
      "Open MPI", library, good: "an mpirun of the same version",
      advice: isSame
        ? nil : "the mpirun in PATH is another one (\(line)); ranks may not find each other")
  }

  private mutating func examineProcessor() {
    let processor = Machine.processor(Machine.text("/proc/cpuinfo"))
    let core = BLAS.coreName
    if let (name, vectors) = processor {
      note("processor", "\(name), \(vectors.rawValue)")
      let types = Machine.coreTypes(for: vectors)
      let set = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
      let remedy =
        set.map { "OPENBLAS_CORETYPE=\($0) overrides OpenBLAS's own choice; unset it" }
        ?? "OpenBLAS does not know this processor; a newer one may"
      note(
        "core type", "\(core) (\(BLAS.configuration.prefix { $0 != "\n" }))",
        good: types.isEmpty ? nil : types.joined(separator: ", "),
        advice: types.isEmpty || types.contains(core)
          ? nil : "OpenBLAS's kernels are those of \(core): \(remedy)")
    } else {
      note("core type", core)
    }
    examineCores()
    do {
      Threads.count = 1
      try BLAS.reserve(threads: 1)
      let speed = Self.sgemmGigaflops(seconds: 1)
      let least = processor.map { $0.vectors == .none ? 5.0 : 30 } ?? 5
      note(
        "sgemm", "\(Numerals.decimals(speed, 0)) GFLOP/s on one core",
        good: "\(Numerals.decimals(least, 0)) and more",
        advice: speed >= least
          ? nil
          : "products of matrices are slow: look at the core type, and at who else computes here")
    } catch {
      note("sgemm", "not measured", good: "enough memory", advice: "\(error)")
    }
  }

  private mutating func examineCores() {
    let cores = MPIWorld.coreCount
    let quota = Machine.coreQuota(Machine.text("/sys/fs/cgroup/cpu.max")) ?? Double(cores)
    let load = Self.load ?? 0
    var fault: String?
    if cores < 2 {
      fault = "one core is one worker's worth; modalities will compute one after the other"
    } else if quota < Double(cores) {
      fault =
        "a control group allows the time of \(Numerals.decimals(quota, 1)) cores only; set execution.threads to match, or raise the quota"
    } else if load > Double(cores) {
      fault =
        "the machine is busy (load \(Numerals.decimals(load, 1)) on \(cores) cores): all times here are too long, and so will be those of a run"
    }
    note(
      "cores", "\(cores), load \(Numerals.decimals(load, 1))",
      good: "one a modality and more, and a load below that", advice: fault)
  }

  private mutating func examineMemory() {
    if let free = Machine.availableMemory(Machine.text("/proc/meminfo")) {
      note(
        "memory", "\(Numerals.bytes(free)) available", good: "1 GiB and more",
        advice: free >= 1 << 30 ? nil : "memory is short; a run's --dry-run says what it takes")
    }
    let (found, fault) = Machine.sharedMemory(in: "/dev/shm")
    note("/dev/shm", found, good: "256 MiB and more", advice: fault)
    let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    // Sockets there have names of at most 107 bytes, and Open MPI needs some of them.
    let isFit = access(folder, W_OK | X_OK) == 0 && folder.utf8.count <= 60
    note(
      "temporary", folder, good: "short, and writable",
      advice: isFit
        ? nil : "Open MPI needs a folder for its sockets; set TMPDIR to a short writable one")
  }

  private mutating func examineLimits() {
    let memory = MemoryLimits.description
    var files = rlimit()
    getrlimit(Int32(RLIMIT_NOFILE.rawValue), &files)
    var faults: [String] = []
    if let memory {
      faults.append("\(memory): runs may find too little memory; lift it with ulimit -v unlimited")
    }
    if files.rlim_cur < 256 { faults.append("few files may be open; raise ulimit -n") }
    note(
      "limits", "\(memory ?? "memory unlimited"), \(files.rlim_cur) open files",
      good: "memory unlimited, 256 files and more",
      advice: faults.isEmpty ? nil : faults.joined(separator: "; "))
  }

  private mutating func examineNames() {
    let name = ProcessInfo.processInfo.hostName
    let fault = Machine.unknownHost(name)
    note(
      "host name", name, good: "a name that resolves",
      advice: fault.map {
        "this host's own name does not resolve (\($0)), which other hosts may need; add it to /etc/hosts"
      })
  }

  private mutating func examineSlurm() {
    guard let words = Machine.words(of: ["srun", "--mpi=list"]) else {
      return note("Slurm", "no srun, which only Slurm's clusters need")
    }
    let hasPMIx = words.contains("pmix")
    note(
      "Slurm", hasPMIx ? "srun has the plugin pmix" : "srun has no plugin pmix",
      good: "the plugin pmix",
      advice: hasPMIx
        ? nil
        : "srun cannot start ranks without its plugin pmix (and libpmix2 on every node); use ./launch within an allocation"
    )
  }

  /// Says what could be better.
  public func advise() {
    for line in advice { console.say("advice      " + line) }
    if advice.isEmpty { console.say("advice      none: everything is as it should be") }
  }

  /// Says what was found, what would be good, and whether it is.
  mutating func note(
    _ name: String, _ found: String, good: String? = nil, advice fault: String? = nil
  ) {
    if let fault { advice.append(fault) }
    let verdict = good.map { fault == nil ? "good: \($0)" : "NOT GOOD, good is: \($0)" }
    console.say(
      name.padding(toLength: 12, withPad: " ", startingAt: 0) + found
        + (verdict.map { "  (\($0))" } ?? ""))
  }

  /// The average number of processes that wanted a core in the last minute.
  private static var load: Double? {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }

  private static func sgemmGigaflops(seconds: Double) -> Double {
    let n = 1024
    let a = Buffer((0..<n * n).map { Float($0 % 7) - 3 })
    let b = Buffer((0..<n * n).map { Float($0 % 5) - 2 })
    let c = Buffer<Float>(n * n)
    // The first product is not timed: it sets up OpenBLAS's buffers.
    BLAS.multiply(a, b, into: c, m: n, n: n, k: n, by: .openblas)
    let began = ContinuousClock.now
    var products = 0
    repeat {
      BLAS.multiply(a, b, into: c, m: n, n: n, k: n, by: .openblas)
      products += 1
    } while (ContinuousClock.now - began).seconds < seconds
    let operations = 2 * Double(n) * Double(n) * Double(n) * Double(products)
    return operations / (ContinuousClock.now - began).seconds / 1e9
  }
}
