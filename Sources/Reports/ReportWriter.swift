import Runs
import Storage
import Tensors

/// Makes the pages of runs, from their folders alone.
public enum ReportWriter {
  /// Writes `report.html` into a folder: of the run that is in it, or of the runs below it.
  ///
  /// - Throws: `FileError` where no run is there, or the page cannot be written.
  public static func write(in directory: RunDirectory) throws {
    try AtomicFile.write(Array(try page(of: [directory.path]).utf8), to: directory.report)
  }

  /// The page of the runs in some folders, as one file: of one run, or of several beside each other.
  ///
  /// - Throws: `FileError` where one of the folders holds no run.
  public static func page(of folders: [String]) throws -> String {
    let folders = try folders.map { try $0.absolutePath() }
    var (records, problems) = ([RunRecord](), [String]())
    for folder in folders {
      let found = RunFolders.all(below: folder)
      guard !found.isEmpty else {
        throw FileError(
          folder,
          "found no run in this folder or below it, expected metrics.jsonl of one; name the folder of a run, such as one below runs/"
        )
      }
      for path in found {
        try LongWork.step()
        records.append(try RunRecord(of: path))
      }
      if found.count >= RunFolders.mostRuns {
        problems.append("There are more runs than the \(RunFolders.mostRuns) that are shown.")
      }
    }
    if records.count == 1, records[0].folder == folders[0] { return RunPage(records[0]).page.html }
    problems += records.flatMap { run in run.problems.map { "\(run.name): \($0)" } }
    let name = folders.count == 1 ? folders[0].split(separator: "/").last.map(String.init) : nil
    var page = ComparedPage(
      records, title: name ?? "\(records.count) runs", kind: "Several runs", folders: folders)
    if folders.count == 1 { page.add(ExperimentRecord(of: folders[0], &problems)) }
    page.problems = Array(problems.prefix(20))
    return page.page.html
  }
}
