import Tensors

/// Another program, run to its end, whose output is read as it comes.
///
/// It gets nothing of this process but `PATH`: no descriptors, no signals that are ignored here, no
/// environment (a rank carries that of MPI), no standard input. Any thread may run one.
public struct ChildProcess {
  /// How long a program may take.
  public struct Limits: Sendable {
    /// Without a byte of output, in seconds.
    public var silence: Double
    /// In all, in seconds.
    public var total: Double

    /// Two minutes of silence and an hour in all, unless given.
    public init(silence: Double = 120, total: Double = 3600) {
      self.silence = silence
      self.total = total
    }
  }

  /// How a program ended.
  public struct Ending {
    /// What it returned; nil: a signal ended it.
    public let status: Int32?
    /// The beginning of what it wrote to its standard error.
    public let complaint: String
  }

  /// The bytes of standard error that are kept.
  private static let mostComplaint = 4096

  private let process: ChildGroup
  private let output: Pipe
  private let complaints: Pipe

  /// Runs `program`, a path, and hands on what it writes; errors name `place`.
  ///
  /// When `take` throws, the work is called off, or time is over, the program and its own children are
  /// killed.
  public static func run(
    _ program: String, _ arguments: [String], searchPath: String, limits: Limits, place: String,
    _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let child = try ChildProcess(program, arguments, searchPath: searchPath, place: place)
    do {
      return try child.follow(limits, program, place, take)
    } catch {
      child.process.killAll()
      _ = child.process.ending(waiting: true)
      throw error
    }
  }

  private init(
    _ program: String, _ arguments: [String], searchPath: String, place: String
  ) throws {
    let (output, complaints) = (try Pipe(place), try Pipe(place))
    defer {
      output.closeWriting()
      complaints.closeWriting()
    }
    (self.output, self.complaints) = (output, complaints)
    process = try ChildGroup(
      [program] + arguments, environment: ["PATH=\(searchPath)"], output: .open(output.writing),
      errors: .open(complaints.writing), closesOthers: true
    ) { FileError.system(place, "needs the program \(program), which does not start", $0) }
  }

  /// Reads until the program has ended and nobody holds its output any more.
  private func follow(
    _ limits: Limits, _ program: String, _ place: String, _ take: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Ending {
    let start = ContinuousClock.now
    var lastByte = start
    var complaint: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var ending: ChildGroup.Ending?
    while true {
      try LongWork.step()
      if output.isDone, ending == nil { ending = process.ending() }
      if output.isDone, let ending {
        let status: Int32? = if case .status(let status) = ending { status } else { nil }
        return Ending(status: status, complaint: String(decoding: complaint, as: UTF8.self))
      }
      let ready = Pipe.wait(for: [output, complaints], milliseconds: 50)
      if ready[0], let bytes = output.read(&buffer) {
        lastByte = .now
        try take(bytes)
      }
      if ready[1], let bytes = complaints.read(&buffer) {
        complaint += bytes.prefix(Self.mostComplaint - complaint.count)
      }
      for (seconds, since, words) in [
        (limits.silence, lastByte, "said nothing for"), (limits.total, start, "has taken"),
      ] where ContinuousClock.now - since > .seconds(seconds) {
        throw FileError(
          place, "cannot be decoded: \(program) \(words) \(seconds) s; look whether it plays")
      }
    }
  }
}
