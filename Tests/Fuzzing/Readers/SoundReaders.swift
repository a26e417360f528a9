import CSndFile
import Datasets
import Glibc

extension Readers {
  /// Sound files. Their decoders are others' libraries, which have numbers of their own.
  static let sounds = [
    Reader("sound", file: "a.sound", try SoundSeeds.format(), share: 20, longest: 1 << 16) { _ in
      var (samples, block) = ([Float](), [Float]())
      return { path in
        let file = try SoundFile(path)
        try file.read(into: &samples, block: &block)
      }
    }
  ]
}

/// Short sounds in the containers that people have.
enum SoundSeeds {
  /// A WAV file of 800 frames at 16 kHz.
  static let wave: [UInt8] = {
    let data = (0..<800).flatMap { little(Int(8000 * sin(Double($0) * 0.05)), 2) }
    let head =
      little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2)
      + little(16, 2)
    return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + head
      + Array("data".utf8) + little(data.count, 4) + data
  }()

  static func format() throws -> Format {
    let kinds = [
      SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_AU | SF_FORMAT_FLOAT,
      SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
      SF_FORMAT_W64 | SF_FORMAT_PCM_24, SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
      SF_FORMAT_CAF | SF_FORMAT_PCM_16,
      SF_FORMAT_NIST | SF_FORMAT_PCM_16, SF_FORMAT_SVX | SF_FORMAT_PCM_16,
      SF_FORMAT_OGG | SF_FORMAT_VORBIS,
      SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
    ]
    return Format(
      seeds: try [wave] + kinds.map { try encoded(Int32($0)) },
      tokens: utf8([
        "data", "fmt ", "ds64", "RIFF", "RF64", "WAVE", "SSND", "COMM", "ID3", "NIST_1A\n",
        "  -1024", "  99999",
        "fLaC", "OggS", "Xing",
      ])
        + [[0xff, 0xfb, 0x90, 0x64]])
  }

  /// A short tone as libsndfile writes it.
  private static func encoded(_ format: Int32) throws -> [UInt8] {
    let folder = try WorkFolder()
    var info = SF_INFO()
    (info.samplerate, info.channels, info.format) = (16_000, 1, format)
    guard let file = sf_open("\(folder.path)/seed", Int32(SFM_WRITE), &info) else {
      throw Misbehaviour("libsndfile does not write the format \(format)")
    }
    let samples = (0..<800).map { Float(0.5 * sin(Double($0) * 0.05)) }
    sf_writef_float(file, samples, 800)
    sf_close(file)
    return try folder.bytes("seed")
  }
}
