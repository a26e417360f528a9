/// Every reader of the program. A new one is a line in one of these lists.
enum Readers {
  static let all =
    arrays + tables + weights + descriptions + sounds + pictures + messages + cases + reports

  static func named(_ name: String) -> Reader? { all.first { $0.name == name } }
}
