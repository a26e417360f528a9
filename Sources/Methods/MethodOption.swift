/// One hyper-parameter of a method.
public struct MethodOption<Method>: Sendable {
  /// Where the value is, and which values there are.
  public enum Value: Sendable {
    /// A number of a range.
    case number(any WritableKeyPath<Method, Double> & Sendable, ClosedRange<Double>)
    /// A whole number of a range.
    case whole(any WritableKeyPath<Method, Int> & Sendable, ClosedRange<Int>)
    /// Yes or no.
    case toggle(any WritableKeyPath<Method, Bool> & Sendable)
    /// A list of numbers of a range, so many of them.
    case numbers(
      any WritableKeyPath<Method, [Double]> & Sendable, ClosedRange<Double>,
      count: ClosedRange<Int>)
    /// One of some words; see `choice`.
    case word(Words)
  }

  /// A value that is one of some words.
  public struct Words: Sendable {
    /// The words.
    public let names: [String]
    /// The word that stands for the value.
    public let get: @Sendable (Method) -> String
    /// Sets the value that one of the words stands for.
    public let set: @Sendable (inout Method, String) -> Void
  }

  /// The key in the configuration.
  public let key: String
  /// Where the value is, and which values there are.
  public let value: Value
  /// What it means, for the reference.
  public let meaning: String

  /// An option.
  public init(_ key: String, _ value: Value, _ meaning: String) {
    self.key = key
    self.value = value
    self.meaning = meaning
  }
}

extension MethodOption.Value {
  /// One of the cases of an enumeration.
  public static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ path: any WritableKeyPath<Method, Choice> & Sendable
  ) -> Self {
    .word(
      .init(
        names: Choice.allCases.map(\.rawValue), get: { $0[keyPath: path].rawValue },
        set: { method, word in
          if let choice = Choice(rawValue: word) { method[keyPath: path] = choice }
        }))
  }
}
