import Foundation
import Storage
import Testing

@testable import Datasets

/// Odd files from elsewhere, with SciPy's opinion of each.
///
/// They are no part of the repository.
@Suite struct SoundSampleFolderTests {
  /// Beside the repository, wherever the tests are started.
  static let folder = URL(fileURLWithPath: #filePath, isDirectory: false)
    .deletingLastPathComponent().appendingPathComponent("../../../shared/data/reader-samples")
    .standardized.path
  static var isThere: Bool { FileManager.default.fileExists(atPath: folder) }

  struct Row {
    let path: String
    let opens: Bool
    let rate: Int?
    let channels: Int?
    let frames: Int?
  }

  private func rows() throws -> [Row] {
    let text = try InputFile.text("\(Self.folder)/expected_wav.csv")
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Row(
        path: "\(Self.folder)/\(fields[0])", opens: fields[1] == "opens", rate: Int(fields[2]),
        channels: Int(fields[3]), frames: Int(fields[5]))
    }
  }

  @Test(.enabled(if: isThere)) func `what SciPy opens has the rate, channels and frames`() throws {
    let rows = try rows()
    #expect(rows.count == 28)
    for row in rows where row.opens {
      let file = try SoundFile(row.path)
      #expect(file.sampleRateHertz == row.rate, "\(row.path)")
      #expect(file.channelCount == row.channels, "\(row.path)")
      #expect(file.frameCount == row.frames, "\(row.path)")
      #expect(try decoded(row.path).count == row.frames, "\(row.path)")
    }
  }

  @Test(.enabled(if: isThere)) func `what SciPy refuses is refused in one sentence`() throws {
    for row in try rows() where !row.opens {
      #expect(throws: FileError.self, "\(row.path)") { _ = try decoded(row.path) }
    }
  }
}
