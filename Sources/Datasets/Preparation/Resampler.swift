import CSampleRate
import Storage
import Tensors

/// Converts one sampling rate to another: libsamplerate's best band-limited sinc (144 dB), offline.
///
/// The filter is symmetric and its delay is taken off, so sample t of the result is the signal at
/// the time of sample t * source / target. n samples become ceil(n * target / source).
public final class Resampler {
  /// The rate of what comes in, in hertz.
  public let source: Int
  /// The rate of what goes out, in hertz.
  public let target: Int

  /// The samples that libsamplerate makes at a time: it is slow, and nobody can ask it to end.
  private static let mostOutputs = 4096

  private let state: OpaquePointer
  private var matrix: ResamplingMatrix?
  private var isPrepared = false

  /// A converter from one rate to another; an error says that `place` cannot be converted.
  public init(from source: Int, to target: Int, place: String) throws {
    let ratio = Double(target) / Double(source)
    guard src_is_valid_ratio(ratio) != 0 else {
      throw FileError(
        place, "cannot be converted from \(source) Hz to \(target) Hz: a ratio of 256 is the most")
    }
    var code: Int32 = 0
    guard let state = src_new(Int32(SRC_SINC_BEST_QUALITY), 1, &code) else {
      throw FileError(place, ResamplingFailure(code: code).problem)
    }
    self.source = source
    self.target = target
    self.state = state
  }

  deinit { src_delete(state) }

  /// The length of `count` samples after conversion.
  public func outputCount(for count: Int) -> Int {
    (count * target + source - 1) / source
  }

  /// Writes `input`, converted, into `output`, which keeps its room for the next call.
  public func convert(_ input: [Float], into output: inout [Float], place: String) throws {
    let count = outputCount(for: input.count)
    guard count <= SoundFile.mostFrames else {
      throw FileError(place, "has \(count) samples at \(target) Hz; cut it into clips")
    }
    try prepare(place)
    guard let matrix else { return try convertDirectly(input, into: &output, place: place) }
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: repeatElement(0, count: count))
    var room = output.mutableSpan
    matrix.convert(input, into: &room)
  }

  /// Makes the matrix, once.
  private func prepare(_ place: String) throws {
    guard !isPrepared else { return }
    let kernel: ResamplingKernel
    do { kernel = try Self.kernel.get() } catch { throw FileError(place, error.problem) }
    matrix = ResamplingMatrix(from: source, to: target, kernel: kernel)
    isPrepared = true
  }

  /// The filter, the same for all rates.
  private static let kernel = Result { () throws(ResamplingFailure) in
    try ResamplingKernel.measured()
  }

  /// `convert` by libsamplerate itself, some thousand samples at a time.
  func convertDirectly(_ input: [Float], into output: inout [Float], place: String) throws {
    let count = outputCount(for: input.count)
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: repeatElement(0, count: count))
    try check(src_reset(state), place)
    try input.withUnsafeBufferPointer { input in
      try output.withUnsafeMutableBufferPointer { output in
        var consumed = 0
        var produced = 0
        while produced < count {
          try LongWork.step()
          var data = SRC_DATA()
          data.data_in = input.baseAddress.map { $0 + consumed }
          data.input_frames = input.count - consumed
          data.data_out = output.baseAddress.map { $0 + produced }
          data.output_frames = min(Self.mostOutputs, count - produced)
          data.end_of_input = 1
          data.src_ratio = Double(target) / Double(source)
          try check(src_process(state, &data), place)
          consumed += data.input_frames_used
          produced += data.output_frames_gen
          // The last sample may lie beyond the end of the input: it is a zero already.
          if data.output_frames_gen == 0 && data.input_frames_used == 0 { break }
        }
      }
    }
  }

  private func check(_ code: Int32, _ place: String) throws {
    if code != 0 { throw FileError(place, ResamplingFailure(code: code).problem) }
  }
}
