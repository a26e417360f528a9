/// One of the published sets, with what is special about it.
public enum SetChoice: Sendable {
  case cremad(CREMAD)
  case kineticsSounds(KineticsSounds)
  case food101(Food101)
  case mvsa(MVSA)
  case iemocap(IEMOCAP)

  /// The media that the set has, in order.
  public var media: [Medium] { self.set.media }

  /// What it is read with.
  var set: any PublishedSet {
    switch self {
    case .cremad(let set): set
    case .kineticsSounds(let set): set
    case .food101(let set): set
    case .mvsa(let set): set
    case .iemocap(let set): set
    }
  }
}
