import ArgumentParser
import Datasets

/// Decodes pictures, so that another program can compare them: one path a line on standard input, one
/// answer a line: the path, and height, width and checksum of its pixels, or why it is refused.
struct Pictures: ParsableCommand {
  @Flag(help: "Turns pictures upright by their EXIF data.") var exif = false

  func run() throws {
    var decoder = PictureDecoder()
    if exif { decoder.orientation = .exif }
    while let path = readLine() {
      do {
        let picture = try decoder.picture(at: path)
        let (size, sum) = (picture.size, Deflated.checksum(picture.pixels))
        say("\(path)\t\(size.height)\t\(size.width)\t\(sum)")
      } catch {
        say("\(path)\trefused\t\(error)")
      }
    }
  }
}
