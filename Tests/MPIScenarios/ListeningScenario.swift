import Foundation

/// Where a job can be reached from outside.
extension Scenarios {
  /// Every rank tells on which addresses it listens, and rank 0 on which mpirun does: `rank 0: 0100007F`,
  /// as the kernel writes them.
  static func listening(_ scene: Scene) throws {
    print("rank \(scene.rank) listens on: \(listeners(of: getpid()).joined(separator: " "))")
    if scene.rank == 0 {
      print("mpirun listens on: \(listeners(of: getppid()).joined(separator: " "))")
    }
  }

  /// The addresses of the sockets of a process that listen, over both versions of IP.
  private static func listeners(of pid: Int32) -> [String] {
    let folder = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let own = Set(
      names.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
      }
    )
    return ["tcp", "tcp6"].flatMap { table in
      let data = FileManager.default.contents(atPath: "/proc/\(pid)/net/\(table)") ?? Data()
      return String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst()
        .compactMap { line -> String? in
          let fields = line.split(separator: " ")
          guard fields.count > 9, fields[3] == "0A", own.contains("socket:[\(fields[9])]") else {
            return nil
          }
          return String(fields[1].prefix { $0 != ":" })
        }
    }
  }
}
