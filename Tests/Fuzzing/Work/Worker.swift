import Foundation

/// The process that reads: one input after another, until one ends it.
struct Worker {
  let reader: Reader
  let folder: WorkFolder
  let seed: UInt64

  /// Reads the inputs `range` of the series. What it says of itself stands on the board; complaints
  /// about sentences go to standard output, a line each.
  func run(_ range: Range<Int>) throws {
    let mutator = try reader.mutator()
    let path = "\(folder.path)/\(reader.file)"
    let input = try InputFile(path)
    let board = try Board("\(folder.path)/board")
    let read = try reader.open(folder)
    // First the seeds, so that what is made once is there before memory is counted.
    for bytes in try reader.format().seeds {
      input.replace(with: bytes)
      try? read(path)
    }
    Limits.hold(reader.memory + reader.longest)
    let memory = Limits.mostMemory
    var most = memory
    for index in range {
      let bytes = mutator.input(index, of: reader.name, seed: seed)
      input.replace(with: bytes)
      let start = processorTime()
      board[.start] = start
      board[.index] = index
      do {
        try read(path)
        board[.accepted] += 1
      } catch {
        board[.refused] += 1
        if let problem = Sentence.problem(of: error, naming: reader.file) {
          complain(index, problem)
        }
      }
      let time = processorTime() - start
      if time > board[.slowest] { (board[.slowest], board[.slowestIndex]) = (time, index) }
      if time > Limits.time { complain(index, "took \(time / 1_000_000) ms") }
      let now = Limits.mostMemory
      guard now > most else { continue }
      most = now
      if now - memory > board[.memory] {
        (board[.memory], board[.memoryIndex]) = (now - memory, index)
      }
      if now - memory > reader.memory + bytes.count {
        complain(index, "took \((now - memory) >> 20) MiB")
      }
    }
    board[.index] = range.upperBound
  }

  private func complain(_ index: Int, _ problem: String) {
    say("\(index) \(problem.split(whereSeparator: \.isNewline).joined(separator: "\\n"))")
  }
}
