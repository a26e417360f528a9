import Foundation

@testable import Datasets

/// A folder with programs called `ffmpeg` and `ffprobe` that do as a test says.
struct FakeFFmpeg {
  let folder: SoundFolder

  init() throws { folder = try SoundFolder() }

  /// Writes a program: a script of the shell, whose arguments go to a file as well, one a line.
  func write(_ name: String, _ script: String) throws {
    let text = "#!/bin/sh\nprintf '%s\\n' \"$@\" > '\(folder.path)/\(name).arguments'\n\(script)\n"
    let path = try folder.write(name, Array(text.utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
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
