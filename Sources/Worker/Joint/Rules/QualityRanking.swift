import Exchange
import MLA
import Methods
import Networks
import Tensors

/// A worker's part in QMF: its own loss, the losses that each of its samples has had so far, and the ranking
/// of energies by them.
final class QualityRanking: JointLocalRule {
  private let method: QualityAwareFusion
  private let loss: LossOptions
  /// The sum of the losses of each row of the source over the whole run.
  private let history: Buffer<Double>
  /// The rows that are trained on.
  private let trained: [Int]
  /// What the history was of the rows of the mini-batch, before its losses.
  private var before: [Double] = []
  private var softmax: LogSoftmax

  /// - Parameters:
  ///   - rowCount: the rows of the source.
  ///   - trained: those that are trained on.
  ///   - loss: what its own loss makes of labels. What is remembered of a sample is how hard it is, whatever it
  ///     counts.
  init(
    _ method: QualityAwareFusion, classCount: Int, rowCount: Int, trained: [Int],
    loss: LossOptions = .plain
  ) {
    (self.method, self.loss) = (method, loss)
    self.trained = trained
    history = Buffer(rowCount)
    softmax = LogSoftmax(classCount)
  }

  var state: [NamedState] { [NamedState("history", [history.count], history)] }

  func amend(_ turn: JointTurn) {
    let count = turn.rows.count
    var losses: [Double] = []
    var (own, weight) = (0.0, 0.0)
    var energies: [Double] = []
    before = turn.rows.map { history[$0] }
    for place in 0..<count {
      softmax.take(turn.logits.buffer(of: place))
      let label = Int(turn.labels[place])
      losses.append(-softmax.logarithms[label])
      own += loss.loss(softmax.logarithms, label: label)
      weight += loss.weight(of: label)
      energies.append(softmax.logSum / method.divisor)
    }
    if method.history == .before { add(losses, of: turn) }
    let ranking = rank(turn.rows, energies)
    if method.history == .after { add(losses, of: turn) }
    for place in 0..<count {
      softmax.take(turn.logits.buffer(of: place))
      let gradient = turn.logitGradient.buffer(of: place)
      let along = method.rank * ranking.gradient[place] / method.divisor
      let label = Int(turn.labels[place])
      for other in softmax.probabilities.indices {
        let own = loss.derivative(softmax.probabilities, of: other, label: label) / weight
        gradient[other] += Float(own + along * softmax.probabilities[other])
      }
    }
    turn.notes = [
      MethodNote("loss_own", [own / weight]),
      MethodNote("loss_rank", [ranking.loss]),
    ]
  }

  func leftOut(_ turn: JointTurn) {
    for (row, loss) in zip(turn.rows, before) { history[row] = loss }
  }

  private func add(_ losses: [Double], of turn: JointTurn) {
    for (row, loss) in zip(turn.rows, losses) { history[row] += loss }
  }

  /// The mean over the mini-batch of what each sample and the next, the last with the first, demand of their
  /// energies; and its derivatives with respect to these.
  private func rank(
    _ rows: [Int], _ energies: [Double]
  ) -> (loss: Double, gradient: [Double]) {
    let count = rows.count
    var gradient = [Double](repeating: 0, count: count)
    let (least, most) = range()
    guard most > least else { return (0, gradient) }
    var sum = 0.0
    for place in 0..<count {
      let next = (place + 1) % count
      let difference = (history[rows[place]] - history[rows[next]]) / (most - least)
      guard difference != 0 else { continue }
      let sign: Double = difference > 0 ? 1 : -1
      let margin = method.margin == .hinge ? abs(difference) : -abs(difference)
      let violation = sign * (energies[place] - energies[next]) + margin
      guard violation > 0 else { continue }
      sum += violation
      gradient[place] += sign / Double(count)
      gradient[next] -= sign / Double(count)
    }
    return (sum / Double(count), gradient)
  }

  /// The least and the largest of the losses of all that is trained on.
  private func range() -> (least: Double, most: Double) {
    history.withSpan { history in
      var (least, most) = (Double.infinity, -Double.infinity)
      for row in trained {
        least = min(least, history[row])
        most = max(most, history[row])
      }
      return (least, most)
    }
  }
}

extension QualityAwareFusion: JointWorkerSide {
  /// A loss of its own, and a ranking.
  public func localRule(on rank: WorkerRank, beside own: OwnHead) -> (any JointLocalRule)? {
    let count = rank.learner.source.ids.count
    let trained = rank.rosters.map { rosters in
      rosters.train.rows[rank.modality].filter { $0 != Roster.absent }.map(Int.init)
    }
    return QualityRanking(
      self, classCount: rank.configuration.classes.count, rowCount: count,
      trained: trained ?? Array(0..<count), loss: rank.loss)
  }
}
