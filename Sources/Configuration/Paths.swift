import Glibc

/// The current folder; `/` should it have been deleted under us.
var currentFolder: String {
  guard let buffer = getcwd(nil, 0) else { return "/" }
  defer { free(buffer) }
  return String(cString: buffer)
}

extension String {
  /// This path made absolute, without `.`, `..` and doubled slashes. No file is looked at.
  func asPath(relativeTo folder: String) -> String {
    let whole = hasPrefix("/") ? self : "\(folder)/\(self)"
    let absolute = whole.hasPrefix("/") ? whole : "\(currentFolder)/\(whole)"
    var parts: [Substring] = []
    for part in absolute.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The folder that this path's file stands in.
  var folderOfPath: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}
