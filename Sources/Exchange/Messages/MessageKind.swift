import Tensors

/// What a message is. Two ranks say nothing to each other that has no kind, and a kind has one layout:
/// that of the `Message` that names it.
///
/// The kinds of every conversation are here; what a method says in its mini-batches is with the method.
public struct MessageKind: Sendable, Hashable, CustomStringConvertible {
  /// What the messages of a kind are numbered by.
  public enum Count: String, Sendable {
    case turn, cycle, segment, epoch, round, step
  }

  /// What stands for the kind in a message: below 100 for every conversation, from 100 on for those of
  /// the run's method, from 200 on for the reference's cases and for measurements.
  public let code: UInt32
  /// The name, for people.
  public let description: String
  /// What its messages are numbered by.
  public let count: Count
  /// Whether its messages may come before somebody asks for them: they are kept until then.
  public let comesEarly: Bool
  /// What a trace calls sending one, waiting for one, and taking one in.
  let spans: (send: TraceName, wait: TraceName, receive: TraceName)

  /// A kind of message.
  public init(
    _ code: UInt32, _ name: String, by count: Count = .turn, comesEarly: Bool = false
  ) {
    self.code = code
    description = name
    self.count = count
    self.comesEarly = comesEarly
    spans = (TraceName("send \(name)"), TraceName("wait \(name)"), TraceName("receive \(name)"))
  }

  /// Kinds are alike where their codes are: a name is not sent.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
  /// The code alone.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }

  /// The message in words: `head of turn 7`, or `roster` where messages have no number.
  func named(number: Int) -> String {
    number < 0 ? description : "\(description) of \(count) \(number)"
  }
}

extension MessageKind {
  /// Coordinator to worker: the resolved configuration and the modality it has.
  public static let assignment = MessageKind(1, "assignment")
  /// Worker to coordinator: ids, labels and the input shape of its samples.
  public static let inventory = MessageKind(2, "inventory")
  /// Worker to coordinator, in place of what was expected: why it cannot go on.
  public static let refusal = MessageKind(3, "refusal")
  /// Coordinator to worker: which samples exist, and who has them.
  public static let roster = MessageKind(4, "roster")
  /// Worker to coordinator: its encoder stands, it has this many parameters.
  public static let ready = MessageKind(5, "ready")
  /// Coordinator to worker: which cycles come next, and what happens at their end.
  public static let directive = MessageKind(6, "directive", by: .segment, comesEarly: true)
  /// Coordinator to worker: the shared head, for an evaluation.
  public static let evaluatedHead = MessageKind(7, "evaluatedHead", by: .epoch)
  /// Worker to coordinator: logits of evaluated samples, piece by piece.
  public static let logits = MessageKind(8, "logits", by: .epoch)
  /// Worker to coordinator: what an epoch or a run amounted to on its side.
  public static let report = MessageKind(9, "report", by: .epoch)
  /// Worker to coordinator, before latency is measured: the host it is on.
  public static let greeting = MessageKind(10, "greeting")
  /// Either way: bytes that measure latency.
  public static let probe = MessageKind(11, "probe", by: .round)
  /// Either way: the sender is still there, and works, or waits for somebody else.
  public static let alive = MessageKind(12, "alive")
  /// Worker to coordinator: its part of a checkpoint is on its disk, or why it is not.
  public static let checkpoint = MessageKind(13, "checkpoint", by: .segment, comesEarly: true)
  /// Worker to coordinator: whether its part of an earlier checkpoint is whole.
  public static let inspection = MessageKind(14, "inspection")

  /// Leader to the others of its group: what it has found before they open their data.
  public static let footing = MessageKind(15, "footing")
  /// Leader to the others of its group: what all must know alike.
  public static let groupState = MessageKind(16, "groupState")
  /// To the leader of a group: features of a mini-batch.
  public static let replicaFeatures = MessageKind(17, "replicaFeatures", by: .step)
  /// Leader to the others of its group: what becomes of a mini-batch.
  public static let groupWord = MessageKind(18, "groupWord", by: .step)
  /// Either way: what a rank's clock shows, when those of several machines are compared.
  public static let clock = MessageKind(20, "clock", by: .round)
  /// Worker to coordinator: what it has recorded of its work.
  public static let trace = MessageKind(21, "trace")
  /// Worker to coordinator, in an audit: which of its samples are alike.
  public static let likeness = MessageKind(22, "likeness")
  /// Coordinator to worker, where the order of turns is not fixed: that of an epoch.
  public static let turnOrder = MessageKind(23, "turnOrder", by: .epoch)
  /// Worker to coordinator, where logits are kept: sums of its features.
  public static let featureCentres = MessageKind(24, "featureCentres", by: .epoch)
  /// Worker to coordinator: what a saved model says of some samples without labels.
  public static let prediction = MessageKind(25, "prediction", by: .round)
  /// Coordinator to worker: it has room for what the model says of more samples.
  public static let morePredictions = MessageKind(26, "morePredictions", by: .round)

  /// The kinds of every conversation.
  public static let common: [MessageKind] = [
    assignment, inventory, refusal, roster, ready, directive, evaluatedHead, logits, report,
    greeting, probe, alive, checkpoint, inspection, footing, groupState, replicaFeatures, groupWord,
    Loss.kind, clock, trace, likeness, turnOrder,
    featureCentres, prediction, morePredictions,
  ]
}
