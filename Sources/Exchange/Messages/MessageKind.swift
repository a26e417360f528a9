/// What two ranks can say to each other. Every message is one of these; nothing else crosses.
public enum MessageKind: UInt32, Sendable {
  /// Coordinator to worker: the resolved configuration and the modality it has.
  case assignment = 1
  /// Worker to coordinator: ids, labels and the input shape of its samples.
  case inventory
  /// Worker to coordinator, in place of what was expected: why it cannot go on.
  case refusal
  /// Coordinator to worker: which samples exist, and who has them.
  case roster
  /// Worker to coordinator: its encoder stands, it has this many parameters.
  case ready
  /// Coordinator to worker: the head that the last turn left.
  case head
  /// Worker to coordinator: the head's gradient, the mean feature and the loss of its turn.
  case headUpdate
  /// Worker to coordinator: logits of the samples it has, in training (joint) or evaluation.
  case logits
  /// Coordinator to worker: the gradient of the loss by those logits (joint training).
  case logitGradient
  /// Worker to coordinator: what a mini-batch amounted to that it trained alone.
  case progress
  /// Coordinator to worker: what comes next at an epoch's end.
  case directive
  /// Worker to coordinator: what an epoch or a run amounted to on its side.
  case report
  /// Either way: a probe that measures latency.
  case probe
  /// Either way: the sender is still there, and works, or waits for somebody else.
  case alive

  /// The message in words: `head of turn 7`, or `roster` outside of training.
  func named(turn: Int) -> String { turn < 0 ? "\(self)" : "\(self) of turn \(turn)" }
}
