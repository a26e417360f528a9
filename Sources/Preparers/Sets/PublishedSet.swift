/// A data set that others have published: where its files say what it holds, and how it is split.
protocol PublishedSet {
  /// Its name on the command line.
  static var name: String { get }
  /// What a group is.
  var groupNoun: String { get }
  /// Its media, in order.
  var media: [Medium] { get }
  /// How it is split when nobody says otherwise.
  static var rule: SplitRule { get }

  /// Reads the label files in `folder`.
  func index(_ folder: SetFolder) throws -> SetIndex
  /// The name of the class that lists of others call so; nil: none is.
  func className(_ listed: String, in index: SetIndex) -> String?
}

extension PublishedSet {
  func className(_ listed: String, in index: SetIndex) -> String? {
    index.wants(listed) ? listed : nil
  }
}

/// The share of the groups that is drawn for the test part when nobody says otherwise.
public let usualTestShare = 0.2
