import Foundation
import Glibc
import MPI
import Storage

/// What a machine is and has, as far as it has to do with training: read from the system's files.
public enum Machine {
  /// The widest vectors that the processor has instructions for.
  public enum Vectors: String, Sendable {
    case avx512 = "AVX-512"
    case avx2 = "AVX2"
    case none = "no AVX2"
  }

  /// The processor's name and its vectors, from the text of /proc/cpuinfo; nil where it says neither.
  public static func processor(_ text: String) -> (name: String, vectors: Vectors)? {
    func value(_ key: String) -> Substring? {
      text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":").dropFirst()
        .first
    }
    guard let flags = value("flags")?.split(separator: " ") else { return nil }
    let name = value("model name")?.trimmingCharacters(in: .whitespaces) ?? "unknown"
    let vectors: Vectors =
      flags.contains("avx512f") ? .avx512 : flags.contains("avx2") ? .avx2 : .none
    return (name, vectors)
  }

  /// OpenBLAS's core types that make the best of such vectors; empty: any.
  static func coreTypes(for vectors: Vectors) -> [String] {
    switch vectors {
    case .avx512: ["SkylakeX", "Cooperlake", "SapphireRapids"]
    case .avx2: ["Haswell", "Zen"]
    case .none: []
    }
  }

  /// The cores' worth of time that a control group may use, from its cpu.max; nil: all.
  static func coreQuota(_ text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return words.count == 2 && words[1] > 0 ? words[0] / words[1] : nil
  }

  /// The bytes of memory that are available, from the text of /proc/meminfo.
  static func availableMemory(_ text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// What a folder for shared memory has to offer, and what is wrong with it.
  static func sharedMemory(in folder: String) -> (found: String, fault: String?) {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else {
      return ("missing", "\(folder) is missing, so ranks of a node meet in files elsewhere")
    }
    let free = LaunchDefaults.freeMemory(in: folder)
    if status.f_files > 0, status.f_favail <= LaunchDefaults.leastFiles {
      return ("no room for files", "\(folder) has no inodes left; remove what was left there")
    }
    let found = "\(Numerals.bytes(free)) free"
    if free < LaunchDefaults.leastSharedMemory {
      return (found, "\(folder) is full; remove what was left there (such as vader_segment.*)")
    }
    guard free >= 256 << 20 else {
      return (
        found,
        "little shared memory is free, so the ranks of a node have a slower path; give a container more, such as --shm-size=1g"
      )
    }
    return (found, nil)
  }

  /// Why the system does not know a host by its name; nil: it does.
  static func unknownHost(_ name: String) -> String? {
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(name, nil, nil, &found)
    if let found { freeaddrinfo(found) }
    return code == 0 ? nil : String(cString: gai_strerror(code))
  }

  /// What another program says, on standard output, then on standard error; nil: it is not there, fails
  /// to start, or takes longer than so many seconds. It takes no thread, so that it can be asked where
  /// memory is short.
  static func words(of command: [String], seconds: Double = 5) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    var output: [UInt8] = []
    let ending = try? ChildProcess.run(
      "/usr/bin/env", command, searchPath: path,
      limits: ChildProcess.Limits(silence: seconds, total: seconds), place: command[0]
    ) { output += $0 }
    // What env says of a program that is not there, or does not start.
    guard let ending, let status = ending.status, ![125, 126, 127].contains(status) else {
      return nil
    }
    return String(decoding: output, as: UTF8.self) + ending.complaint
  }

  /// The whole text of a file of the system; empty: there is none.
  public static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
