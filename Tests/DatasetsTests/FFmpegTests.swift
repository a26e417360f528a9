import Foundation
import Storage
import Testing

@testable import Datasets

/// What runs of a program come to, by a shell script in ffmpeg's place.
@Suite struct FFmpegTests {
  private let fake: FakeFFmpeg

  init() throws { fake = try FakeFFmpeg() }

  /// `printf` of two pictures of 2 x 1 and 1 x 2 pixels.
  private let pictures = #"printf 'P6\n1 2\n255\nabcdef'; printf 'P6\n2 1\n255\nghijkl'"#

  private func frames(_ ffmpeg: FFmpeg, _ path: String = "a.mp4", step: Int = 29) throws
    -> [String]
  {
    var frames: [String] = []
    try ffmpeg.frames(of: path, every: step) { height, width, pixels in
      frames.append("\(height)x\(width) \(String(decoding: pixels, as: UTF8.self))")
    }
    return frames
  }

  @Test func `frames are read from the command of the manual`() throws {
    let ffmpeg = try fake.programs(pictures)
    #expect(try frames(ffmpeg, "-dash:x%d.mp4") == ["2x1 abcdef", "1x2 ghijkl"])
    #expect(
      try fake.arguments(of: "ffmpeg").joined(separator: " ")
        == "-nostdin -hide_banner -v error -threads 1 -protocol_whitelist file,pipe "
        + "-i file:-dash:x%d.mp4 -map 0:v:0 -an -sn -dn -vf select='not(mod(n\\,29))' "
        + "-fps_mode passthrough -pix_fmt rgb24 -f image2pipe -c:v ppm -")
  }

  @Test func `sound is read from the command of the manual`() throws {
    // 1.0 and -0.5 as float32, the second in two pieces.
    let script = #"printf '\000\000\200\077\000\000'; sleep 0.1; printf '\000\277'"#
    let ffmpeg = try fake.programs(script)
    #expect(try ffmpeg.sound(of: "a.mp4", rateHertz: 16_000, .mean) == [1, -0.5])
    #expect(
      try fake.arguments(of: "ffmpeg").joined(separator: " ")
        == "-nostdin -hide_banner -v error -threads 1 -protocol_whitelist file,pipe -i file:a.mp4 "
        + "-map 0:a:0 -vn -sn -dn -af aresample=async=1:first_pts=0:rematrix_maxval=1.0 -ac 1 "
        + "-ar 16000 -f f32le -")
    _ = try ffmpeg.sound(of: "a.mp4", rateHertz: 8000, .first)
    #expect(try fake.arguments(of: "ffmpeg").contains { $0.hasPrefix("pan=mono|c0=c0,aresample=") })
  }

  @Test func `the frame rate is what OpenCV would take`() throws {
    func rate(_ streams: String) throws -> Double {
      try fake.programs("exit 1", probe: "echo '{\"streams\": [\(streams)]}'").frameRate(
        of: "a.mp4")
    }
    let flv = #"{"codec_type": "video", "r_frame_rate": "30000/1001", "avg_frame_rate": "989/33"}"#
    #expect(try Int(rate(#"{"codec_type": "audio", "r_frame_rate": "0/0"}, "# + flv)) == 29)
    let odd = #"{"codec_type": "video", "r_frame_rate": "1000/1", "avg_frame_rate": "25/1"}"#
    #expect(try rate(odd) == 25)
    #expect(
      refusal { _ = try rate(#"{"codec_type": "video", "r_frame_rate": "0/0"}"#) }
        == "a.mp4: does not say how many frames a second it has; set frames_per_second: null")
    #expect(
      refusal { _ = try rate(#"{"codec_type": "audio"}"#) }
        == "a.mp4: has no pictures; leave it out of the list")
    #expect(
      refusal { _ = try rate("nonsense") } == "a.mp4: has no pictures; leave it out of the list")
  }

  @Test func `it has nothing of this process but PATH`() throws {
    setenv("ANTIPHON_TEST_SECRET", "1", 1)
    let held = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/dev/zero"))
    _ = fcntl(held.fileDescriptor, F_SETFD, 0)
    let ffmpeg = try fake.programs(
      "env > '\(fake.folder.path)/environment'; ls /proc/self/fd > '\(fake.folder.path)/open'; "
        + "cat > '\(fake.folder.path)/input'; \(pictures)")
    _ = try frames(ffmpeg)
    let environment = try InputFile.text("\(fake.folder.path)/environment")
    // The shell's own are set by itself.
    let names = environment.split(separator: "\n").compactMap { $0.split(separator: "=").first }
    #expect(Set(names).subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["PATH"])
    let open = try InputFile.text("\(fake.folder.path)/open").split(separator: "\n")
    // `ls` itself has the fourth.
    #expect(open == ["0", "1", "2", "3"])
    let input = try FileManager.default.attributesOfItem(atPath: "\(fake.folder.path)/input")
    #expect(input[.size] as? Int == 0)
    try held.close()
  }

  @Test func `much output and many complaints are taken, and complaints cut`() throws {
    // 100 pictures of 300 kB with more than a pipe holds on the standard error.
    let ffmpeg = try fake.programs(
      #"i=0; while [ $i -lt 100 ]; do printf 'P6\n320 320\n255\n'; head -c 307200 /dev/zero; "#
        + #"head -c 2000 /dev/zero | tr '\0' x >&2; i=$((i+1)); done"#)
    var count = 0
    try ffmpeg.frames(of: "a.mp4", every: 1) { _, _, _ in count += 1 }
    #expect(count == 100)
  }

  @Test func `how it ends is told in one sentence`() throws {
    for (script, end) in [
      (
        "echo \"Stream map '0:v:0' matches no streams.\" >&2; exit 1",
        "has no pictures; leave it out of the list"
      ),
      (
        "echo 'a.mp4: Invalid data found when processing input' >&2; exit 1",
        "cannot be decoded: ffmpeg says 'a.mp4: Invalid data found when processing input'"
      ),
      ("exit 3", "cannot be decoded: ffmpeg says 'nothing'"),
      ("kill -9 $$", "cannot be decoded: a signal ended ffmpeg"),
      ("exit 0", "has no frame that ffmpeg can decode"),
      (
        "printf 'P6\\n1 2\\n255\\nabc'",
        "cannot be decoded: ffmpeg wrote no row of pictures, its last picture is not whole"
      ),
      (
        "head -c 100000 /dev/zero",
        "cannot be decoded: ffmpeg wrote no row of pictures, a picture has no head"
      ),
    ] {
      let ffmpeg = try fake.programs(script)
      #expect(refusal { _ = try frames(ffmpeg) } == "a.mp4: \(end)", "\(script)")
    }
    let silent = try fake.programs("exit 0")
    #expect(
      refusal { _ = try silent.sound(of: "a.mp4", rateHertz: 8000, .mean) }
        == "a.mp4: has no sound that ffmpeg can decode")
    let odd = try fake.programs("printf abc")
    #expect(
      refusal { _ = try odd.sound(of: "a.mp4", rateHertz: 8000, .mean) }
        == "a.mp4: cannot be decoded: ffmpeg wrote samples that are no numbers")
  }

  @Test func `it may be slow, but not silent, and not forever`() throws {
    let slow = #"for i in 1 2 3; do printf 'P6\n1 1\n255\nabc'; sleep 0.1; done"#
    var limits = ChildProcess.Limits(silence: 20, total: 20)
    #expect(try frames(fake.programs(slow, limits)).count == 3)
    limits.silence = 2
    let hanging = try fake.programs(
      "sleep 100 & echo $! > '\(fake.folder.path)/child'; wait", limits)
    #expect(
      refusal { _ = try frames(hanging) }.hasSuffix(
        "/ffmpeg said nothing for 2.0 s; look whether it plays"))
    // Its own child is gone as well.
    let child = try #require(
      pid_t(try InputFile.text("\(fake.folder.path)/child").split(separator: "\n")[0]))
    let isGone = (0..<200).contains { _ in
      usleep(10_000)
      let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
      return state.isEmpty || state.contains(") Z ")
    }
    #expect(isGone)
    let endless = try fake.programs(
      #"while true; do printf 'P6\n1 1\n255\nabc'; sleep 0.05; done"#,
      ChildProcess.Limits(silence: 20, total: 0.3))
    #expect(
      refusal { _ = try frames(endless) }.hasSuffix(
        "/ffmpeg has taken 0.3 s; look whether it plays"))
  }

  @Test func `output that is not wanted any more ends the program`() throws {
    struct Enough: Error {}
    let endless = try fake.programs(
      "echo $$ > '\(fake.folder.path)/self'; while true; do printf 'P6\\n1 1\\n255\\nabc'; done")
    #expect(throws: Enough.self) {
      try endless.frames(of: "a.mp4", every: 1) { _, _, _ in throw Enough() }
    }
    let process = try #require(
      pid_t(try InputFile.text("\(fake.folder.path)/self").split(separator: "\n")[0]))
    #expect(kill(process, 0) == -1)
  }

  @Test func `a program that is missing is named, with what to do`() throws {
    #expect(
      refusal {
        _ = try FFmpeg(
          searchPath: fake.folder.path, for: "a.mp4", otherwise: "extract frames into folders")
      }
        == "a.mp4: needs the program ffmpeg; install it with: sudo apt-get install ffmpeg, or extract "
        + "frames into folders")
    try fake.folder.write("ffmpeg", Array("#!/bin/sh\n".utf8))
    #expect(
      refusal { _ = try FFmpeg(searchPath: fake.folder.path, for: "a.mp4", otherwise: "walk") }
        .contains("needs the program ffmpeg;"))
  }
}
