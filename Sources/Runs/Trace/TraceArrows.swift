import Exchange
import Tensors

/// The messages of a trace of which both ends were recorded: from the span that sends one to the span that
/// takes it in.
struct TraceArrows {
  /// One arrow.
  struct Arrow {
    /// Its number in the file.
    let id: Int
    /// When the message left, nanoseconds of the common clock.
    let left: Int64
    /// When it came: not before it left.
    let came: Int64
  }

  /// Which message a span has to do with.
  private struct Key: Hashable {
    let run: UInt32
    let code: UInt16
    let number: Int32
    let from: Int32
    let to: Int32

    /// Of a span of `rank`; nil: there is no message.
    init?(_ span: TraceSpan, of rank: Int) {
      guard span.message != .none else { return nil }
      let (peer, own) = (span.message.peer, Int32(rank))
      run = span.run
      code = span.message.code
      number = span.message.number
      (from, to) = span.message.arrives ? (peer, own) : (own, peer)
    }
  }

  private var arrows: [Key: Arrow] = [:]
  /// Messages that seem to have come before they left, because clocks are only known so well: they are drawn
  /// as if they had taken no time.
  private(set) var clampedCount = 0

  /// The arrows between the spans of all ranks; `time` is that of the common clock.
  init(_ ranks: [JobTrace.Rank], time: (_ rank: Int, UInt64) -> Int64) {
    var departures: [Key: Int64] = [:]
    for (rank, recorded) in ranks.enumerated() {
      for span in recorded.trace.contents.spans where !span.message.arrives {
        guard let key = Key(span, of: rank) else { continue }
        departures[key] = time(rank, span.begin)
      }
    }
    for (rank, recorded) in ranks.enumerated() {
      for span in recorded.trace.contents.spans where span.message.arrives {
        guard let key = Key(span, of: rank), let left = departures[key] else { continue }
        let came = time(rank, span.begin)
        if came < left { clampedCount += 1 }
        arrows[key] = Arrow(id: arrows.count + 1, left: left, came: max(left, came))
      }
    }
  }

  /// The arrow that begins or ends at a span of `rank`; nil: there is none, or its other end was not recorded.
  subscript(_ span: TraceSpan, of rank: Int) -> Arrow? {
    Key(span, of: rank).flatMap { arrows[$0] }
  }
}
