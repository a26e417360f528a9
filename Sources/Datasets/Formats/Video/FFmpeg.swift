import Foundation
import Glibc
import Storage

/// The programs `ffmpeg` and `ffprobe`, which decode films; they are run, never linked.
struct FFmpeg: Sendable {
  /// The paths of both programs.
  let program: String
  let probe: String

  private let searchPath: String
  private let limits: ChildProcess.Limits

  /// Finds the programs; errors name `place`, which needs them.
  ///
  /// - Parameters:
  ///   - searchPath: folders with `:` between them; nil: those of `PATH`.
  ///   - otherwise: what a user without the programs can do in place of installing them.
  init(
    searchPath: String? = nil, limits: ChildProcess.Limits = .init(), for place: String,
    otherwise: String
  ) throws {
    let path = searchPath ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    func find(_ name: String) throws -> String {
      let found = path.split(separator: ":").map { "\($0)/\(name)" }.first { file in
        var status = stat()
        return access(file, X_OK) == 0 && stat(file, &status) == 0
          && status.st_mode & S_IFMT == S_IFREG
      }
      guard let found else {
        throw FileError(
          place,
          "needs the program \(name); install it with: sudo apt-get install ffmpeg, or \(otherwise)"
        )
      }
      return found
    }
    program = try find("ffmpeg")
    probe = try find("ffprobe")
    self.searchPath = path
    self.limits = limits
  }

  /// Hands on the frames of a film whose number is a multiple of `step`, in order: height, width,
  /// `[height, width, 3]`, turned as the film says.
  func frames(
    of path: String, every step: Int, _ body: (Int, Int, [UInt8]) throws -> Void
  ) throws {
    precondition(step > 0)
    var stream = PPMStream(place: path)
    var count = 0
    try run(
      program,
      Self.input(path) + ["-map", "0:v:0", "-an", "-sn", "-dn"]
        + ["-vf", step == 1 ? "null" : "select='not(mod(n\\,\(step)))'"]
        + [
          "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "image2pipe", "-c:v", "ppm", "-",
        ],
      path
    ) { bytes in
      try stream.take(bytes) { height, width, pixels in
        count += 1
        try body(height, width, pixels)
      }
    }
    try stream.finish()
    guard count > 0 else { throw FileError(path, "has no frame that ffmpeg can decode") }
  }

  /// The sound of a film, one channel at a rate in hertz: the mean of two channels, of more what ffmpeg
  /// makes of them, or the first. Silence stands where the film begins before its sound.
  func sound(of path: String, rateHertz: Int, _ mix: ChannelMix) throws -> [Float] {
    var samples: [Float] = []
    var pending: [UInt8] = []
    // Without rematrix_maxval, ffmpeg's floats are 3 dB louder than the mean of two channels.
    let resampling = "aresample=async=1:first_pts=0:rematrix_maxval=1.0"
    try run(
      program,
      Self.input(path) + ["-map", "0:a:0", "-vn", "-sn", "-dn"]
        + ["-af", mix == .first ? "pan=mono|c0=c0,\(resampling)" : resampling]
        + ["-ac", "1", "-ar", "\(rateHertz)", "-f", "f32le", "-"],
      path
    ) { bytes in
      pending += bytes
      let whole = pending.count / 4 * 4
      for place in stride(from: 0, to: whole, by: 4) {
        let bits = pending[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        samples.append(Float(bitPattern: bits))
      }
      pending.removeFirst(whole)
      guard samples.count <= SoundFile.mostFrames else {
        throw FileError(
          path, "has more than \(SoundFile.mostFrames) samples of sound; cut it into clips")
      }
    }
    guard pending.isEmpty, samples.allSatisfy(\.isFinite) else {
      throw FileError(path, "cannot be decoded: ffmpeg wrote samples that are no numbers")
    }
    guard !samples.isEmpty else { throw FileError(path, "has no sound that ffmpeg can decode") }
    return samples
  }

  /// The frames a second that a film says it has.
  func frameRate(of path: String) throws -> Double {
    var answer: [UInt8] = []
    let entries =
      "stream=index,codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,"
      + "sample_rate,channels:stream_side_data=rotation:format=duration"
    try run(
      probe, ["-v", "error", "-show_entries", entries, "-of", "json", "file:\(path)"], path
    ) { bytes in
      answer += bytes
      guard answer.count < 1 << 20 else {
        throw FileError(path, "cannot be looked at: ffprobe does not end its answer")
      }
    }
    let probed = try? JSONDecoder().decode(Probed.self, from: Data(answer))
    guard let stream = probed?.streams.first(where: { $0.codec_type == "video" }) else {
      throw FileError(path, "has no pictures; leave it out of the list")
    }
    // As OpenCV guesses, whose frames the authors took.
    let (real, mean) = (Self.rate(stream.r_frame_rate), Self.rate(stream.avg_frame_rate))
    guard let rate = real.map({ $0 > 210 && (mean ?? .infinity) < 70 ? mean ?? $0 : $0 }) ?? mean
    else {
      throw FileError(
        path, "does not say how many frames a second it has; set frames_per_second: null")
    }
    return rate
  }

  private struct Probed: Decodable {
    struct Stream: Decodable {
      let codec_type: String?
      let avg_frame_rate: String?
      let r_frame_rate: String?
    }

    let streams: [Stream]
  }

  /// The number that a fraction is, above 0.
  private static func rate(_ fraction: String?) -> Double? {
    let parts = (fraction ?? "").split(separator: "/").compactMap { Double($0) }
    guard parts.count == 2, parts.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    return parts[0] / parts[1]
  }

  /// What every call begins with. `file:` and the list of protocols keep a name from being an address.
  private static func input(_ path: String) -> [String] {
    ["-nostdin", "-hide_banner", "-v", "error", "-threads", "1"]
      + ["-protocol_whitelist", "file,pipe", "-i", "file:\(path)"]
  }

  private func run(
    _ program: String, _ arguments: [String], _ path: String,
    _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    let ending = try ChildProcess.run(
      program, arguments, searchPath: searchPath, limits: limits, place: path, take)
    guard ending.status == 0 else { throw FileError(path, Self.problem(ending, program)) }
  }

  /// What the programs' own words come to.
  private static func problem(_ ending: ChildProcess.Ending, _ program: String) -> String {
    if ending.complaint.contains("Stream map '0:v:0' matches no streams") {
      return "has no pictures; leave it out of the list"
    }
    if ending.complaint.contains("Stream map '0:a:0' matches no streams") {
      return "has no sound; leave it out of the list"
    }
    let name = program.split(separator: "/").last ?? "ffmpeg"
    guard ending.status != nil else { return "cannot be decoded: a signal ended \(name)" }
    let words = ending.complaint.split(whereSeparator: \.isNewline).last.map(String.init)
    return "cannot be decoded: \(name) says '\((words ?? "nothing").prefix(300))'"
  }
}
