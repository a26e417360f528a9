import Glibc

/// What keeps a process from mapping memory.
public enum MemoryLimits {
  /// Whether anything does, other than the end of the machine's memory.
  public static var areSet: Bool {
    limit(RLIMIT_AS) != nil || limit(RLIMIT_DATA) != nil || isStrict
  }

  /// The limits in words, with their numbers; nil: there are none.
  public static var description: String? {
    let words = [
      limit(RLIMIT_AS).map { "ulimit -v is \($0 >> 10) KiB" },
      limit(RLIMIT_DATA).map { "ulimit -d is \($0 >> 10) KiB" },
      isStrict ? "vm.overcommit_memory is 2" : nil,
    ].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// The bytes that this process may map (`ulimit -v`); nil: nothing limits it.
  static var addressByteCount: Int? { limit(RLIMIT_AS) }

  /// The most bytes that a file may have (`ulimit -f`); nil: nothing limits it.
  public static var fileByteCount: Int? { limit(RLIMIT_FSIZE) }

  /// The bytes that this process may still map (`ulimit -v`, `ulimit -d`); nil: nothing limits it.
  public static var room: Int? {
    let (mapped, data) = taken
    return [limit(RLIMIT_AS).map { $0 - mapped }, limit(RLIMIT_DATA).map { $0 - data }]
      .compactMap(\.self).min().map { max(0, $0) }
  }

  /// Which limit does not leave `own` bytes, and `shared` that are no data of this process.
  static func shortage(of own: Int, shared: Int) -> String {
    let (mapped, data) = taken
    let (all, written) = (mapped + own + shared, data + own)
    if let limit = limit(RLIMIT_AS), limit < all {
      return "ulimit -v is \(limit >> 10) KiB, but a rank needs \(all >> 10) KiB of address space"
    }
    if let limit = limit(RLIMIT_DATA), limit < written {
      return "ulimit -d is \(limit >> 10) KiB, but a rank needs \(written >> 10) KiB"
    }
    let reason = isStrict ? " (vm.overcommit_memory is 2)" : ""
    return "the system refuses memory\(reason), but a rank needs \(written >> 10) KiB"
  }

  /// A limit in bytes; nil: there is none.
  private static func limit(_ resource: __rlimit_resource) -> Int? {
    var limit = rlimit()
    guard getrlimit(Int32(resource.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max) else {
      return nil
    }
    return Int(limit.rlim_cur)
  }

  /// The bytes of address space that this process takes, and those of them that are its data.
  private static var taken: (mapped: Int, data: Int) {
    guard let file = fopen("/proc/self/statm", "r") else { return (0, 0) }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 128)
    let count = fread(&line, 1, line.count, file)
    let pages = String(decoding: line.prefix(count), as: UTF8.self).split(separator: " ")
      .map { (Int($0) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) }
    return pages.count > 5 ? (pages[0], pages[5]) : (0, 0)
  }

  /// Whether the kernel promises no more memory than there is.
  private static var isStrict: Bool {
    guard let file = fopen("/proc/sys/vm/overcommit_memory", "r") else { return false }
    defer { fclose(file) }
    return fgetc(file) == Int32(UInt8(ascii: "2"))
  }
}
