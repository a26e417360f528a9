import Datasets
import Storage
import Tensors

/// Looks at what is there of a sample: whether it is there, and whether its first and last bytes are those
/// of what it should be. Nothing is decoded but texts.
struct FileCheck {
  let folder: SetFolder

  /// What there is of `content`, which is a medium of the kind `medium`.
  func finding(_ content: Content?, of medium: Medium) throws -> Finding {
    try LongWork.step()
    switch content {
    case nil: return .missing(nil)
    case .text(let text): return text.trimmed.isEmpty ? .missing(nil) : .text(text)
    case .textFile(let places, let isCleaned): return text(in: places, isCleaned: isCleaned)
    case .path(let places, let cut):
      guard var place = folder.first(of: places) else { return .missing(places.first) }
      if medium == .image, folder.hasFolder(place) {
        // As the authors of MLA choose one of a film's frames.
        let pictures = try pictures(in: place)
        guard !pictures.isEmpty else { return .broken(Self.noPictures(place)) }
        place += "/\(pictures[pictures.count / 2])"
      }
      let fault =
        folder.hasFolder(place) ? try frameFault(in: place, medium) : fault(of: place, medium)
      return fault.map { .broken($0) } ?? .path(place, cut: cut)
    }
  }

  private func text(in places: [String], isCleaned: Bool) -> Finding {
    guard let place = folder.first(of: places) else { return .missing(places.first) }
    let path = folder[place]
    do {
      guard let text = TextDecoding.text(of: try InputFile.read(path))?.trimmed else {
        return .broken(
          Fault(kind: .unreadable, path: place, problem: "is text neither in UTF-8 nor in GB18030"))
      }
      // A tweet that is only blank says nothing: it is there as little as one that was never written.
      return text.isEmpty ? .missing(place) : .text(isCleaned ? text.cleanedAsMMBT : text)
    } catch {
      return .broken(fault(place, error))
    }
  }

  /// What is wrong with a folder of frames: every picture in it is looked at.
  private func frameFault(in place: String, _ medium: Medium) throws -> Fault? {
    guard medium == .video else {
      return Fault(kind: .unreadable, path: place, problem: "is a folder, expected a file")
    }
    let pictures = try pictures(in: place)
    guard !pictures.isEmpty else { return Self.noPictures(place) }
    return pictures.lazy.compactMap { fault(of: "\(place)/\($0)", .image) }.first
  }

  private func pictures(in place: String) throws -> [String] {
    try folder.names(in: place).filter(PictureCheck.isNamedAsPicture)
  }

  private static func noPictures(_ place: String) -> Fault {
    Fault(kind: .empty, path: place, problem: "holds no pictures")
  }

  private func fault(of place: String, _ medium: Medium) -> Fault? {
    let path = folder[place]
    do {
      switch medium {
      case .audio: try SoundCheck.check(path)
      case .image: try PictureCheck.check(path)
      case .video: try VideoCheck.check(path)
      case .text: break
      }
      return nil
    } catch {
      return fault(place, error)
    }
  }

  private func fault(_ place: String, _ error: any Error) -> Fault {
    switch error {
    case let error as BrokenMedium: Fault(kind: error.kind, path: place, problem: error.problem)
    case let error as FileError:
      Fault(kind: Self.kind(of: folder[place]), path: place, problem: error.problem)
    default: Fault(kind: .unreadable, path: place, problem: "\(error)")
    }
  }

  /// Which kind of fault keeps the file at `path` from being read as any medium.
  private static func kind(of path: String) -> Fault.Kind {
    guard let file = try? ReadableFile(path, words: { _ in BrokenMedium(.unreadable, "") }) else {
      return .unreadable
    }
    if file.byteCount == 0 { return .empty }
    let isPointer = (try? file.beginning(64)).map(InputFile.isPointer) ?? false
    if isPointer { return .pointer }
    return SoundFile.isCutOff(path) ? .truncated : .unreadable
  }
}

/// What a check of a medium has found.
struct BrokenMedium: Error {
  let kind: Fault.Kind
  let problem: String

  init(_ kind: Fault.Kind, _ problem: String) { (self.kind, self.problem) = (kind, problem) }
}
