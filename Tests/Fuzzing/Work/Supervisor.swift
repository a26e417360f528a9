import Foundation

/// Starts a worker, and another where it dies or hangs; keeps what it died of.
struct Supervisor {
  let reader: Reader
  let seed: UInt64
  let count: Int
  /// Where inputs are kept that a reader could not cope with.
  let keeping: String

  /// No more failures of a reader are looked for.
  private static let mostFailures = 20

  struct Result {
    var accepted = 0
    var refused = 0
    var slowest = 0
    var memory = 0
    var failures: [String] = []
  }

  func run() throws -> Result {
    let folder = try WorkFolder()
    let board = try Board("\(folder.path)/board")
    var result = Result()
    var next = 0
    while next < count, result.failures.count < Self.mostFailures {
      let (end, complaints) = try work(from: next, folder, board)
      let mutator = try reader.mutator()
      for (index, problem) in complaints.prefix(Self.mostFailures - result.failures.count) {
        // An input is made anew where the worker went on to others.
        try keep(mutator.input(index, of: reader.name, seed: seed), index, problem, &result)
      }
      next = board[.index]
      if let end {
        try keep(folder.bytes(reader.file), next, end, &result)
        next += 1
      }
    }
    result.accepted = board[.accepted]
    result.refused = board[.refused]
    result.slowest = board[.slowest]
    result.memory = board[.memory]
    return result
  }

  /// - Returns: what ended the worker, nil where it came to its end, and what it complained of.
  private func work(
    from start: Int, _ folder: WorkFolder, _ board: borrowing Board
  ) throws -> (end: String?, complaints: [(Int, String)]) {
    let (output, errors) = ("\(folder.path)/output", "\(folder.path)/errors")
    for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "work", reader.name, "--seed", "\(seed)", "--from", "\(start)", "--count", "\(count)",
      "--longest", "\(reader.longest)", "--folder", folder.path,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no"]) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    board[.index] = start - 1
    try process.run()
    let hang = watch(process, board)
    process.waitUntilExit()
    let complaints = text(output).split(separator: "\n").compactMap { line -> (Int, String)? in
      guard let blank = line.firstIndex(of: " "), let index = Int(line[..<blank]) else {
        return nil
      }
      return (index, String(line[line.index(after: blank)...]))
    }
    if let hang { return (hang, complaints) }
    let status = process.terminationStatus
    if process.terminationReason == .exit, status == 0 { return (nil, complaints) }
    let words = text(errors).split(separator: "\n").last.map { ": \($0.prefix(300))" } ?? ""
    guard board[.index] >= start else {
      throw Misbehaviour("the worker of \(reader.name) does not start\(words)")
    }
    let how = process.terminationReason == .exit ? "status" : "signal"
    return ("ended with \(how) \(status)\(words)", complaints)
  }

  /// Waits for the worker's end, and ends it where an input takes too long; says so.
  private func watch(_ process: Process, _ board: borrowing Board) -> String? {
    var clock = clockid_t()
    clock_getcpuclockid(process.processIdentifier, &clock)
    var (index, since) = (-2, ContinuousClock.now)
    while process.isRunning {
      usleep(20_000)
      if board[.index] != index { (index, since) = (board[.index], .now) }
      guard index >= 0 else { continue }
      let start = board[.start]
      let used = processorTime(clock) - start
      // Who waits for something uses no processor time.
      let isStuck = ContinuousClock.now - since > .seconds(60)
      guard used > 2 * Limits.time || isStuck, board[.index] == index, board[.start] == start else {
        continue
      }
      kill(process.processIdentifier, SIGKILL)
      return isStuck ? "waits for ever" : "hangs: \(used / 1_000_000) ms of processor time"
    }
    return nil
  }

  private func keep(_ bytes: [UInt8], _ index: Int, _ problem: String, _ result: inout Result)
    throws
  {
    try FileManager.default.createDirectory(atPath: keeping, withIntermediateDirectories: true)
    let path = "\(keeping)/\(reader.name)-\(seed)-\(index)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    result.failures.append("\(path): \(problem)")
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
