import Glibc

/// How much memory there is for this process, so that what cannot be held is refused beforehand.
public enum MachineMemory {
  /// What this process may have: that of the host, or what it may map (`ulimit -v`), in bytes.
  public static let byteCount = min(hostByteCount, MemoryLimits.addressByteCount ?? .max)

  /// The least of what the machine has and what this process's control group may take, in bytes: for
  /// all processes of the group together. Swap does not count: a trainer that swaps does not get on.
  public static let hostByteCount: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    let physical = pages > 0 && pageByteCount > 0 ? pages * pageByteCount : Int.max
    return min(physical, groupLimit ?? .max)
  }()

  /// A number of bytes for people: `48.3 MiB`.
  public static func text(_ byteCount: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var value = Double(byteCount)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(byteCount) B" : "\((value * 10).rounded() / 10) \(units[unit])"
  }

  /// The least limit of the control groups that this process is in: of a container, a Slurm job, a
  /// user's session.
  private static var groupLimit: Int? {
    var files = ["/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    // "0::/job/step": a group stands within those above it, whose limits hold for it too.
    let own = firstLine(of: "/proc/self/cgroup") { $0.hasPrefix("0::/") }?.dropFirst(3) ?? ""
    var folder = "/sys/fs/cgroup"
    for part in [""] + own.split(separator: "/").map(String.init) {
      folder += part.isEmpty ? "" : "/" + part
      files.append(folder + "/memory.max")
    }
    return files.compactMap { file in firstLine(of: file).flatMap { Int($0) } }.filter { $0 > 0 }
      .min()
  }

  private static func firstLine(
    of path: String, where isWanted: (String) -> Bool = { _ in true }
  ) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      let line = String(decoding: bytes, as: UTF8.self)
      if isWanted(line) { return line }
    }
    return nil
  }
}
