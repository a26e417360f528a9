import Exchange
import Measuring
import Tensors

/// What a wait costs its rank, and how long after the message was sent it ends.
func waiting(_ bench: Bench) throws {
  let waits = [
    (2, 300), (5, 200), (20, 100), (100, 20), (1000, 4),
  ]
  var rows: [[String]] = []
  for (milliseconds, rounds) in waits {
    for isRegular in [true, false] {
      // Long waits differ by as much as short ones in proportion: half as long to one and a half.
      var generator = SeededGenerator(seed: 0, stream: "waits")
      try bench.meet()
      bench.endpoint.restartWaiting()
      var late: [Double] = []
      for round in 0..<rounds {
        let factor = isRegular ? 1 : 0.5 + generator.uniform()
        if bench.rank == 1 {
          // As in a turn: the next one begins when the last one was answered.
          rest(seconds: Double(milliseconds) * 1e-3 * factor)
          try bench.endpoint.send(Moment(now()), number: round, to: 0)
          try bench.endpoint.receive(Moment(), number: round, from: 0)
        } else {
          let sent = try bench.endpoint.receive(Moment(), number: round, from: 1)
          late.append(now() - sent.seconds)
          try bench.endpoint.send(Moment(now()), number: round, to: 1)
        }
      }
      guard bench.rank == 0 else { continue }
      try check(late.allSatisfy { $0 > 0 }, "a message arrived before it was sent")
      let waiting = bench.endpoint.waiting
      rows.append([
        "\(milliseconds) ms", isRegular ? "always" : "x 0.5 to 1.5", "\(rounds)",
        decimals(waiting.processorShare * 100, 2), Times(late).microseconds,
      ])
    }
  }
  guard bench.rank == 0 else { return }
  printTable(["wait", "its length", "times", "CPU % of a core (bar: 5)", "ends late by"], rows)
}

/// When a message was sent.
private struct Moment: Message {
  static let kind = MessageKind(200, "moment", by: .round)

  var seconds: Double

  init(_ seconds: Double = 0) { self.seconds = seconds }

  mutating func layout(_ fields: Fields) throws { try fields.field(&seconds) }
}
