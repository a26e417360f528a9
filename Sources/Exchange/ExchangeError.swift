/// What can go wrong between two ranks.
public enum ExchangeError: Error, Equatable, CustomStringConvertible {
  /// A message ended before what was expected of it.
  case shortMessage(kind: MessageKind?, number: Int, wanted: Int, left: Int)
  /// A message does not have the fields that its kind has, or they do not fit each other.
  case misfit(kind: MessageKind?, number: Int)
  /// Another message came than the one whose turn it is.
  case outOfTurn(
    receiver: String, sender: String, expected: MessageKind, expectedNumber: Int,
    found: MessageKind?, foundNumber: Int)
  /// A rank waited longer than it may.
  case deadlineExceeded(waiter: String, awaited: String, purpose: String, seconds: Double)
  /// A rank refused to go on and said why.
  case refused(by: String, reason: String)
  /// A message is larger than what one transfer can carry.
  case tooLarge(kind: MessageKind?, byteCount: Int, limit: Int)
  /// Another rank of this process failed, or all of them wait for each other.
  case stopped(String)
  /// Another replica of this rank's group has failed, and says why.
  case abandoned(by: String)
  /// The job was asked to end.
  case interrupted

  /// The error as one sentence.
  public var description: String {
    switch self {
    case .shortMessage(let kind, let number, let wanted, let left):
      "\(Self.article(kind, number)) is too short: \(Self.size(wanted)) expected where \(left) bytes are left; all ranks must run the same build"
    case .misfit(let kind, let number):
      "\(Self.article(kind, number)) does not have the form that is expected; all ranks must run the same build and configuration"
    case .outOfTurn(
      let receiver, let sender, let expected, let expectedNumber, let found, let number):
      "\(receiver) expected \(expected.named(number: expectedNumber)) from \(sender), but \(sender) sent \(Self.words(found, number)); all ranks must run the same build and configuration"
    case .deadlineExceeded(let waiter, let awaited, let purpose, let seconds):
      "\(waiter) has waited \(Self.rounded(seconds)) s for \(awaited) (\(purpose)); it may be stuck or cut off. Look at that rank, or raise execution.deadline"
    case .refused(let by, let reason): "\(by): \(reason)"
    case .tooLarge(let kind, let byteCount, let limit):
      "\(Self.article(kind, -1)) has \(byteCount) bytes, but one message carries at most \(limit); use fewer classes or features, or fewer samples"
    case .stopped(let reason): reason
    case .abandoned(let by): "\(by) has failed"
    case .interrupted: "interrupted"
    }
  }

  private static func words(_ kind: MessageKind?, _ number: Int) -> String {
    kind.map { $0.named(number: number) } ?? "no message of this program"
  }

  private static func article(_ kind: MessageKind?, _ number: Int) -> String {
    kind.map { "the message \($0.named(number: number))" } ?? "a message of no known kind"
  }

  /// A number of bytes as a message claimed it.
  private static func size(_ byteCount: Int) -> String {
    byteCount < 0 || byteCount == .max ? "an impossible length" : "\(byteCount) bytes"
  }

  /// Whole seconds, and tenths where these would say little.
  private static func rounded(_ seconds: Double) -> String {
    seconds < 10
      ? "\((seconds * 10).rounded() / 10)" : "\(Duration.seconds(seconds).components.seconds)"
  }
}
