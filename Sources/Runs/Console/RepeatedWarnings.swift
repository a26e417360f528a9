/// Warnings that may come again with every epoch: each is said once, and how often it came at the
/// end.
struct RepeatedWarnings {
  private var entries: [(kind: String, count: Int, again: String)] = []

  /// Notes a warning of a kind; whether it is the first, which is to be said.
  ///
  /// - Parameter again: what is to be said at the end of so many of them.
  mutating func isFirst(of kind: String, again: (_ count: Int) -> String) -> Bool {
    guard let place = entries.firstIndex(where: { $0.kind == kind }) else {
      entries.append((kind, 1, ""))
      return true
    }
    entries[place].count += 1
    entries[place].again = again(entries[place].count)
    return false
  }

  /// What is to be said of those that came more than once. They are forgotten then.
  mutating func takeRepeated() -> [String] {
    defer { entries = [] }
    return entries.filter { $0.count > 1 }.map(\.again)
  }
}
