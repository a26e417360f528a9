import Foundation
import Tensors

/// `checkpoint.json`: what a checkpoint consists of. It is written last, so a folder without it is no
/// checkpoint, and it carries a hash of itself.
public struct CheckpointManifest: Sendable, Equatable {
  /// What one rank wrote, and what it computed with.
  public struct Part: Sendable, Equatable {
    /// `coordinator`, or the name of the modality.
    public var role: String
    /// The host that the rank was on.
    public var host: String
    /// What it computed with.
    public var arithmetic: Arithmetic
    /// The threads that computed.
    public var threads: Int
    /// SHA-256 of what is known of the rank's data; empty for the coordinator.
    public var data: String
    /// The axes of one of its samples; none for the coordinator.
    public var sampleShape: [Int]
    /// The checkpoint, a folder below the run's, that the files are in; empty: this one. Another one is
    /// named for a modality that the run has gone on without.
    public var folder = ""
    /// What it wrote.
    public var files: [CheckpointFile]

    /// A rank's part of this checkpoint.
    public init(
      role: String, host: String, arithmetic: Arithmetic, threads: Int, data: String,
      sampleShape: [Int], files: [CheckpointFile]
    ) {
      (self.role, self.host, self.arithmetic) = (role, host, arithmetic)
      (self.threads, self.data) = (threads, data)
      (self.sampleShape, self.files) = (sampleShape, files)
    }
  }

  /// How far the run was.
  public var progress: RunPosition
  /// The number of cycles in an epoch.
  public var cyclesPerEpoch: Int
  /// Seconds of the run until then.
  public var seconds: Double
  /// The resolved configuration.
  public var configuration: String
  /// The ranks' parts, the coordinator's first, then in the order of the modalities.
  public var parts: [Part]
  /// The checkpoint, a folder below the run's, with the model that the run would keep if it ended there; empty: this
  /// one.
  public var kept = ""

  /// Other checkpoints, without which this one is not whole.
  public var needed: [String] { ([kept] + parts.map(\.folder)).filter { !$0.isEmpty } }

  /// A manifest with all its facts.
  public init(
    progress: RunPosition, cyclesPerEpoch: Int, seconds: Double, configuration: String,
    parts: [Part], kept: String = ""
  ) {
    self.kept = kept
    (self.progress, self.cyclesPerEpoch) = (progress, cyclesPerEpoch)
    (self.seconds, self.configuration, self.parts) = (seconds, configuration, parts)
  }

  /// The version of this layout.
  static let currentFormat = 1
  /// The largest manifest that is read, in bytes.
  private static let largest = 64 << 20
}

// MARK: - Writing

extension CheckpointManifest {
  /// Writes the manifest into a checkpoint's folder.
  public func write(to folder: String) throws {
    try AtomicFile.write(sealed(), to: "\(folder)/\(CheckpointFolder.manifest)")
  }

  /// The text with its own hash in it: SHA-256 of the text with zeros in its place.
  package func sealed() throws -> [UInt8] {
    Self.sealing(Array((try json.text(pretty: true) + "\n").utf8)) ?? []
  }

  /// A text with the seal that it should have; nil where it has no place for one.
  package static func sealing(_ text: [UInt8]) -> [UInt8]? {
    guard let open = withSeal(Array(noSeal.utf8), in: text) else { return nil }
    return withSeal(Array(hash(of: open).utf8), in: open)
  }

  private var json: JSONValue {
    var members: [String: JSONValue] = [
      "format": .integer(Self.currentFormat),
      "epoch": .integer(progress.epoch), "cycle": .integer(progress.cycle),
      "cycles_per_epoch": .integer(cyclesPerEpoch), "seconds": .number(seconds),
      "configuration": .text(configuration), "seal": .text(Self.noSeal),
      "parts": .list(
        parts.map { part in
          [
            "role": .text(part.role), "host": .text(part.host),
            "core": .text(part.arithmetic.coreType), "lanes": .text(part.arithmetic.lanes),
            "threads": .integer(part.threads), "data_sha256": .text(part.data),
            "sample_shape": .list(part.sampleShape.map { .integer($0) }),
            "folder": .text(part.folder),
            "files": .list(
              part.files.map {
                [
                  "name": .text($0.name), "bytes": .integer($0.byteCount),
                  "sha256": .text($0.sha256),
                ]
              }),
          ]
        }),
    ]
    if !kept.isEmpty { members["kept"] = .text(kept) }
    return .object(members)
  }

  private static let noSeal = String(repeating: "0", count: 64)
  /// How the seal's line begins: nothing inside a JSON text can look like it, for its quotes.
  private static let sealKey = Array("\n  \"seal\" : \"".utf8)

  private static func hash(of bytes: [UInt8]) -> String {
    var digest = SHA256()
    digest.update(bytes.span.bytes)
    return digest.hex
  }

  /// The text with another seal; nil where it has no place for one.
  private static func withSeal(_ seal: [UInt8], in text: [UInt8]) -> [UInt8]? {
    guard let place = text.firstRange(of: sealKey)?.upperBound, place + seal.count <= text.count
    else { return nil }
    var text = text
    text.replaceSubrange(place..<place + seal.count, with: seal)
    return text
  }
}

// MARK: - Reading

extension CheckpointManifest {
  /// Reads the manifest of a checkpoint's folder; throws `FileError` where it is not what was written.
  public init(of folder: String) throws {
    let path = "\(folder)/\(CheckpointFolder.manifest)"
    let file = try ReadableFile(path) {
      FileError.reading(path, $0, other: "is no manifest of a checkpoint")
    }
    guard file.byteCount <= Self.largest else {
      throw FileError(path, "has \(file.byteCount) bytes, too many for a manifest")
    }
    try self.init(try file.take(file.byteCount), place: path)
  }

  /// Reads the text of a manifest, which messages call `place`.
  public init(_ text: [UInt8], place: String) throws {
    let damaged = FileError(place, "is damaged: its text is not what was written")
    guard Self.sealing(text) == text,
      let root = try? JSONDecoder().decode(JSONValue.self, from: Data(text))
    else { throw damaged }
    // Sealed by somebody, but perhaps not by this build.
    func refuse(_ problem: String) -> FileError {
      FileError(place, "is not a manifest that this build reads: \(problem)")
    }
    let reader = JSONReader(root) { refuse($0) }
    let format = try reader["format"].integer()
    guard format == Self.currentFormat else {
      throw refuse("it has format \(format), expected \(Self.currentFormat)")
    }
    let parts = try reader["parts"].list().map { part in
      var read = Part(
        role: try part["role"].text(), host: try part["host"].text(),
        arithmetic: Arithmetic(
          coreType: try part["core"].text(), lanes: try part["lanes"].text()),
        threads: try part["threads"].integer(), data: try part["data_sha256"].text(),
        sampleShape: try part["sample_shape"].list().map { try $0.count() },
        files: try part["files"].list().map { file in
          let name = try file["name"].text()
          guard CheckpointFolder.isFileName(name) else {
            throw refuse("it names '\(name.legible())', which is no file of a checkpoint")
          }
          return CheckpointFile(
            name: name, byteCount: try file["bytes"].integer(), sha256: try file["sha256"].text())
        })
      read.folder = try part["folder"].text()
      guard read.folder.isEmpty || CheckpointFolder.position(of: read.folder) != nil else {
        throw refuse("it names '\(read.folder.legible())', which is no checkpoint of a run")
      }
      return read
    }
    let kept = reader["kept"].isMissing ? "" : try reader["kept"].text()
    guard kept.isEmpty || CheckpointFolder.position(of: kept) != nil else {
      throw refuse("it names '\(kept.legible())', which is no checkpoint of a run")
    }
    self.init(
      progress: RunPosition(
        epoch: try reader["epoch"].count(), cycle: try reader["cycle"].count()),
      cyclesPerEpoch: try reader["cycles_per_epoch"].count(),
      seconds: try reader["seconds"].number(), configuration: try reader["configuration"].text(),
      parts: parts, kept: kept)
  }
}
