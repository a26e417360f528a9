import Storage
import Testing

@testable import Datasets

/// A folder with programs called `ffmpeg` and `ffprobe` that do as a test says.
struct FakeFFmpeg {
  let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  /// Writes a program: a script of the shell, whose arguments go to a file as well, one a line.
  func write(_ name: String, _ script: String) throws {
    let text = "#!/bin/sh\nprintf '%s\\n' \"$@\" > '\(folder.path)/\(name).arguments'\n\(script)\n"
    // By another process: what this one has open to write, a program that starts at the same moment has
    // too, until it runs; and a script that somebody writes cannot be run.
    let ending = try ChildProcess.run(
      "/bin/sh",
      ["-c", #"printf '%s' "$1" >"$2" && chmod 755 "$2""#, "sh", text, "\(folder.path)/\(name)"],
      searchPath: "/usr/bin:/bin", limits: .init(), place: name
    ) { _ in }
    #expect(ending.status == 0)
  }

  /// Both programs, `ffmpeg` with this script.
  func programs(
    _ script: String, probe: String = "exit 1", _ limits: ChildProcess.Limits = .init()
  ) throws -> FFmpeg {
    try write("ffmpeg", script)
    try write("ffprobe", probe)
    return try FFmpeg(
      searchPath: "\(folder.path):/usr/bin:/bin", limits: limits, for: "a.mp4", otherwise: "walk")
  }

  /// What a program was called with.
  func arguments(of name: String) throws -> [String] {
    let bytes = try InputFile.read("\(folder.path)/\(name).arguments")
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
