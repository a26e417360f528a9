import Glibc

/// Looks for the end of a WAV file's sound; libsndfile silently takes the file's end for it.
enum WaveLength {
  /// Says so when the file ends before its data chunk does: a download or a copy was cut off.
  ///
  /// Programs that write to a pipe cannot fill in the length and leave a number near 2^31 or 2^32;
  /// those files are whole. Files that are no RIFF/WAVE are not judged here.
  static func problem(descriptor: Int32) -> String? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    let fileByteCount = Int(status.st_size)
    guard let riff = read(12, at: 0, descriptor), word(riff, 0) == "RIFF", word(riff, 8) == "WAVE"
    else { return nil }
    var position = 12
    // Every chunk takes 8 bytes or more, so the walk ends; 1000 are more than any program writes.
    for _ in 0..<1000 {
      guard let head = read(8, at: position, descriptor) else { return nil }
      let promised = head[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
      position += 8
      if word(head, 0) == "data" {
        let present = fileByteCount - position
        return promised > present && promised < 0x7FFF_0000
          ? "is cut off: its header promises \(promised) bytes of sound, but \(present) are there"
          : nil
      }
      position += promised + promised % 2
    }
    return nil
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> String {
    String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }

  private static func read(_ count: Int, at offset: Int, _ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return pread(descriptor, &bytes, count, offset) == count ? bytes : nil
  }
}
