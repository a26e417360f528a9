import Glibc

/// Whether a job's ranks may run on other nodes than this one. Where that is not certain, they may:
/// ranks that are started on several nodes and were told to keep to one could not meet.
enum NodeSpan {
  /// - Parameters:
  ///   - words: options of mpirun.
  ///   - variables: the environment, where batch systems say what they have allocated.
  ///   - defaultHosts: the file of hosts that this machine's mpirun reads if it is told nothing.
  static func isWide(
    words: [String], variables: [String: String],
    defaultHosts: String = "/etc/openmpi/openmpi-default-hostfile"
  ) -> Bool {
    words.contains(where: namesHosts) || variables[hostsVariable] != nil
      || nodeCounts(variables).contains { $0 > 1 } || isOutside(variables)
      || listsHosts(defaultHosts)
  }

  /// What this process's environment says.
  static var inherited: [String: String] {
    var variables: [String: String] = [:]
    for name in [hostsVariable, hostsOfPBS, hostsOfLSF, nodeOfSlurm] + counts {
      variables[name] = getenv(name).map { String(cString: $0) }
    }
    return variables
  }

  private static let hostsVariable = "OMPI_MCA_orte_default_hostfile"
  private static let nodeOfSlurm = "SLURMD_NODENAME"
  private static let (hostsOfPBS, hostsOfLSF) = ("PBS_NODEFILE", "LSB_MCPU_HOSTS")
  /// Numbers of nodes, as Slurm, Grid Engine and PBS say what they have allocated.
  private static let counts = ["SLURM_JOB_NUM_NODES", "SLURM_NNODES", "NHOSTS", "PBS_NUM_NODES"]

  /// `--hostfile`, `-H`, `--machinefile`, `orte_default_hostfile` and their kin.
  private static func namesHosts(_ word: String) -> Bool {
    guard word.hasPrefix("-") || word.hasPrefix("orte_") else { return false }
    let lowercase = word.lowercased()
    return word == "-H" || lowercase.contains("host") || lowercase.contains("machinefile")
      || lowercase.hasSuffix("-app")
  }

  /// Whether the nodes of an allocation are others than this one: salloc leaves people where they were.
  private static func isOutside(_ variables: [String: String]) -> Bool {
    variables["SLURM_JOB_NUM_NODES"] != nil && variables[nodeOfSlurm] == nil
  }

  private static func nodeCounts(_ variables: [String: String]) -> [Int] {
    let numbers = counts.compactMap { variables[$0].map { Int($0) ?? .max } }
    // Pairs of a name and a number of slots.
    let ofLSF = (variables[hostsOfLSF] ?? "").split(separator: " ").count / 2
    let ofPBS = variables[hostsOfPBS].map { Set(lines(of: $0)).count } ?? 0
    return numbers + [ofLSF, ofPBS]
  }

  private static func listsHosts(_ path: String) -> Bool {
    lines(of: path).contains { line in
      line.first { !$0.isWhitespace }.map { $0 != "#" } ?? false
    }
  }

  private static func lines(of path: String) -> [Substring] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(whereSeparator: \.isNewline)
  }
}
