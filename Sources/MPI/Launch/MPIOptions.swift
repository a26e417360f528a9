/// What people hand to mpirun as it is. mpirun takes the first word that belongs to no option for the
/// program, and the program's path for a value that is missing: neither would be noticed.
public enum MPIOptions {
  /// What is wrong with the words, as far as it can be known without mpirun's own table of options;
  /// nil: nothing.
  public static func fault(in words: [String]) -> String? {
    var rest = words[...]
    var parameters: Set<String> = []
    while let option = rest.popFirst() {
      guard option.hasPrefix("-") else {
        return "found '\(option)', expected an option, which begins with '-'"
      }
      guard let count = valueCounts[option.drop { $0 == "-" }.description] else {
        // How many values it has, mpirun knows.
        rest = rest.drop { !$0.hasPrefix("-") }
        continue
      }
      guard rest.count >= count, rest.first?.hasPrefix("-") != true else {
        return count == 1
          ? "\(option) needs a value behind it"
          : "\(option) needs a parameter and its value behind it, such as \(option) btl self,tcp"
      }
      if count == 2, let parameter = rest.first, !parameters.insert(parameter).inserted {
        return "\(parameter) is set twice; mpirun takes each parameter once"
      }
      rest = rest.dropFirst(count)
    }
    return nil
  }

  private static let valueCounts = [
    "mca": 2, "gmca": 2, "x": 1, "H": 1, "host": 1, "hostfile": 1, "machinefile": 1,
    "default-hostfile": 1, "rankfile": 1, "map-by": 1, "bind-to": 1, "rank-by": 1, "timeout": 1,
    "wdir": 1, "prefix": 1, "path": 1, "tmpdir": 1, "N": 1, "npernode": 1,
  ]
}
