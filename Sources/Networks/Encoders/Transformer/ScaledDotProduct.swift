import CKernels
import Tensors

/// Multi-head attention of each token to all tokens of its sample (Vaswani et al., 2017, section
/// 3.2), between its two projections: `softmax(Q K^T / sqrt(w)) V` for each head of width w.
///
/// Rows are `[queries, keys, values]`, `3 * width` numbers a token, each part head after head. The
/// scores of at most `queryBlock` tokens by all tokens of the sample are in memory at a time; the
/// backward pass computes them anew, so that nothing but the rows is kept. Threads share samples and
/// heads.
final class ScaledDotProduct {
  let width: Int
  let heads: Int

  private static let queryBlock = 256

  private let headWidth: Int
  private let scale: Float
  private let scores = RowStorage([16])
  private let scoreGradients = RowStorage([16])

  init(width: Int, heads: Int) {
    precondition(heads > 0 && width % heads == 0)
    self.width = width
    self.heads = heads
    headWidth = width / heads
    scale = Float(1 / Double(headWidth).squareRoot())
  }

  /// `output [rows, width]` of `input [rows, 3 * width]`, for samples in `samples`.
  ///
  /// Both begin with the rows of the first of them.
  func forward(
    _ input: Buffer<Float>, _ rows: TokenRows, samples: Range<Int>, into output: Buffer<Float>
  ) {
    let (input, output) = (input.pointer, output.pointer)
    forEachBlock(rows, samples, reserving: [scores]) { block in
      withUnsafePointer(to: attention(block, input)) {
        attention_forward($0, output + block.output(self))
      }
    }
  }

  /// Turns `outputGradient` into `inputGradient [rows, 3 * width]`; writes `output` once more.
  func backward(
    _ input: Buffer<Float>, outputGradient: Buffer<Float>, _ rows: TokenRows,
    into inputGradient: Buffer<Float>, output: Buffer<Float>
  ) {
    let (input, output) = (input.pointer, output.pointer)
    let (inputGradient, outputGradient) = (inputGradient.pointer, outputGradient.pointer)
    forEachBlock(rows, 0..<rows.sampleCount, reserving: [scores, scoreGradients]) { block in
      let gradients = AttentionGradients(
        queries: inputGradient + block.queries(self), keys: inputGradient + block.keyPlace(self),
        values: inputGradient + block.values(self),
        scores: scoreGradients.tensor.values + block.room,
        // The first block of queries stores what the others add to.
        adds: block.firstQuery == block.keys.lowerBound ? 0 : 1)
      withUnsafePointer(to: attention(block, input)) { attention in
        withUnsafePointer(to: gradients) { gradients in
          attention_backward(
            attention, outputGradient + block.output(self), output + block.output(self), gradients)
        }
      }
    }
  }

  /// Some queries of one sample and one head with all its keys.
  private struct Block {
    let head: Int
    let keys: Range<Int>
    let firstQuery: Int
    let queryCount: Int
    /// Where the thread has room for scores.
    let room: Int
    /// The distance of rows of scores: whole registers.
    var stride: Int { (keys.count + 15) & ~15 }

    func queries(_ a: ScaledDotProduct) -> Int {
      firstQuery * 3 * a.width + head * a.headWidth
    }
    func keyPlace(_ a: ScaledDotProduct) -> Int {
      keys.lowerBound * 3 * a.width + a.width + head * a.headWidth
    }
    func values(_ a: ScaledDotProduct) -> Int { keyPlace(a) + a.width }
    func output(_ a: ScaledDotProduct) -> Int { firstQuery * a.width + head * a.headWidth }
  }

  /// Calls `body` with all blocks, those of one sample and head in one thread and in order, after
  /// making room for scores in each of `storages`.
  private func forEachBlock(
    _ rows: TokenRows, _ samples: Range<Int>, reserving storages: [RowStorage],
    _ body: (Block) -> Void
  ) {
    guard !samples.isEmpty else { return }
    let first = rows[samples.lowerBound].lowerBound
    let lanes = Threads.count
    let (longest, room) = reserve(storages, rows, samples, lanes: lanes)
    // Two products, or five with the way back, and an exponential a score.
    let work = longest * longest * (headWidth / 12 + 4)
    Threads.split(samples.count * heads, work: work, lanes: lanes) { pairs, lane in
      for pair in pairs {
        let place = rows[samples.lowerBound + pair / heads]
        let keys = place.lowerBound - first..<place.upperBound - first
        for query in stride(from: keys.lowerBound, to: keys.upperBound, by: Self.queryBlock) {
          body(
            Block(
              head: pair % heads, keys: keys, firstQuery: query,
              queryCount: min(Self.queryBlock, keys.upperBound - query), room: lane * room))
        }
      }
    }
  }

  private func attention(_ block: Block, _ input: UnsafePointer<Float>) -> Attention {
    Attention(
      queries: input + block.queries(self), keys: input + block.keyPlace(self),
      values: input + block.values(self), queryCount: block.queryCount,
      keyCount: block.keys.count, headWidth: headWidth, row: 3 * width, outputRow: width,
      scale: scale, weights: scores.tensor.values + block.room, stride: block.stride)
  }

  /// Takes the memory of all passes over samples that stand as `rows` says.
  func reserve(_ rows: TokenRows) {
    _ = reserve([scores, scoreGradients], rows, 0..<rows.sampleCount, lanes: Threads.count)
  }

  /// Takes the memory of the way there over `samples`.
  func reserveForward(_ rows: TokenRows, _ samples: Range<Int>? = nil) {
    _ = reserve([scores], rows, samples ?? 0..<rows.sampleCount, lanes: Threads.count)
  }

  /// Makes room for the scores of each lane; returns the tokens of the longest sample, and how many
  /// floats a lane has.
  private func reserve(
    _ storages: [RowStorage], _ rows: TokenRows, _ samples: Range<Int>, lanes: Int
  ) -> (longest: Int, room: Int) {
    let longest = samples.reduce(0) { max($0, rows[$1].count) }
    let room = min(Self.queryBlock, longest) * ((longest + 15) & ~15)
    for storage in storages { _ = storage.rows(lanes * room / 16) }
    return (longest, room)
  }
}
