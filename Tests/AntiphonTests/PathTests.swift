import Foundation
import TestSupport
import Testing

extension SavedJobs {
  /// Paths that people name: what they lead to is what the system says, and what is wrong with them
  /// is said before any work.
  @Suite struct PathTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop.pair() }

    /// Runs a line of the shell in the workshop; `$A` is the program, `$T` trains `pair.yaml` in one
    /// process.
    private func shell(_ line: String) throws -> MPIRun.Outcome {
      let folder = workshop.scratch.path
      let setting =
        "cd '\(folder)'; A='\(MPIRun.path(of: "antiphon"))'\n"
        + "T=\"$A train \(folder)/pair.yaml --one-process\"\n"
      return try #require(
        try LiveJob(["bash", "-c", setting + line]).outcome(within: 120), "the job hangs")
    }

    private func expectRefused(
      _ line: String, says sentence: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let outcome = try shell(line)
      #expect(outcome.sentences == [sentence], "\(outcome)", sourceLocation: sourceLocation)
      #expect(outcome.status == 65, sourceLocation: sourceLocation)
      #expect(outcome.output == "", sourceLocation: sourceLocation)
    }

    // MARK: A run's folder

    @Test func `runs that start in the same second have folders of their own`() throws {
      let outcome = try shell("for i in {1..8}; do $T & done; wait")
      #expect(outcome.errors == "", "\(outcome)")
      let runs = workshop.scratch.names(in: "runs")
      #expect(runs.count == 8)
      for run in runs {
        #expect(workshop.scratch.text("runs/\(run)/metrics.jsonl")?.count { $0 == "\n" } == 2)
      }
    }

    @Test(arguments: ["", "mkdir run; "], ["", " --seeds $((10 * i)),7"])
    func `of several runs with one folder, one has it`(before: String, options: String) throws {
      let outcome = try shell("\(before)for i in {1..6}; do $T --output run\(options) & done; wait")
      let refusal =
        "run is not empty; a run never overwrites another, so name a new folder with --output"
      #expect(outcome.sentences == Array(repeating: refusal, count: 5), "\(outcome)")
      #expect(outcome.output.components(separatedBy: "in \(workshop.scratch["run"])\n").count >= 2)
      let folders = workshop.scratch.names(in: "run").filter { $0.hasPrefix("seed-") }
      #expect(folders.count == (options.isEmpty ? 0 : 2))
      #expect(workshop.scratch.text("run/summary.json") != nil)
    }

    @Test func `a run that never began leaves the folder as it was`() throws {
      let bad = "--set modalities.a.data.train.values=none.npy"
      for options in ["", " --seeds 1,2"] {
        let outcome = try shell("mkdir -p here; $T --output here\(options) \(bad)")
        #expect(outcome.status == 65 && outcome.sentences.count == 1, "\(outcome)")
        #expect(workshop.scratch.names().contains("here"))
        #expect(workshop.scratch.names(in: "here") == [])
        #expect(try shell("$T --output new\(options) \(bad)").status == 65)
        #expect(!workshop.scratch.names().contains("new"))
      }
    }

    @Test func `what is no path for a folder is refused`() throws {
      let tilde =
        "expected a path; the shell replaces '~' only where a word begins with it, outside of "
        + "quotes, so leave the '=' out or write the folder out"
      let empty = "expected a path; is a variable of the shell not set?"
      try expectRefused("$T --output ''", says: "--output: found '', \(empty)")
      try expectRefused("$T --output=~/x", says: "--output: found '~/x', \(tilde)")
      try expectRefused("$A train '' --one-process", says: "CONFIG: found '', \(empty)")
      try expectRefused("$A evaluate '' --one-process", says: "RUN: found '', \(empty)")
      try expectRefused("$A verify '' --one-process", says: "CASE: found '', \(empty)")
      let folder = workshop.scratch.path
      let noFolder = "is no folder; name another, or move what is there away"
      try expectRefused("$T --output pair.yaml", says: "\(folder)/pair.yaml: \(noFolder)")
      #expect(!workshop.scratch.names().contains("~"))
    }

    @Test func `a current folder that was deleted is named as what is wrong`() throws {
      let deleted = "the current folder: it was deleted; change to a folder that is there"
      try expectRefused("mkdir x; cd x; rmdir ../x; $T", says: deleted)
      try expectRefused(
        "mkdir x; cd x; rmdir ../x; $A train pair.yaml --one-process", says: deleted)
      try expectRefused(
        "mkdir x; cd x; rmdir ../x; $A launcher train \(workshop.scratch["pair.yaml"])",
        says: deleted)
    }

    // MARK: Paths as bytes

    @Test func `two dots behind a link lead to where the system says`() throws {
      let outcome = try shell(
        """
        mkdir -p far/away; ln -s far/away link; mkdir far/data; mv [ab]_*.npy [ab]_*.csv far/data
        $T --set data.root=link/../data --output link/../run
        """)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(workshop.scratch.text("far/run/summary.json") != nil)
    }

    @Test(arguments: [
      #"$A train $'caf\xe9.yaml' --one-process"#, #"$T --output $'caf\xe9'"#,
      #"$T --set data.root=$'caf\xe9'"#, #"$A launcher train $'caf\xe9.yaml'"#,
      #"$A evaluate run --csv $'caf\xe9'"#,
    ])
    func `a path that is not UTF-8 is refused, not repaired`(line: String) throws {
      let outcome = try shell(line)
      #expect(outcome.sentences.count == 1, "\(outcome)")
      let end =
        (line.contains(".yaml'") ? ".yaml" : "")
        + "', which is not UTF-8 text; rename the file or folder that it names"
      #expect(outcome.sentences.first?.hasSuffix("caf\u{FFFD}\(end)") == true, "\(outcome)")
      #expect(outcome.status == 65)
    }

    @Test func `a current folder that is not UTF-8 is refused where it matters`() throws {
      let enter = #"mkdir -p $'caf\xe9'; cd $'caf\xe9'; "#
      try expectRefused(
        enter + "$T",
        says: "the current folder: its path is not UTF-8; rename it, or change to another folder")
      let outcome = try shell(enter + "$T --output '\(workshop.scratch["run"])'")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(workshop.scratch.text("run/summary.json") != nil)
    }

    // MARK: The file of predictions

    @Test func `predictions go where their path leads, and are refused before the work`() throws {
      try #require(try shell("$T --output run").status == 0)
      let outcome = try shell(
        """
        E="$A evaluate run --one-process --csv"
        $E plain.csv; touch kept.csv; chmod 600 kept.csv; ln -s kept.csv link.csv; $E link.csv
        mkfifo pipe; cat pipe >piped.csv & $E pipe; wait; ln -s /dev/null void; $E void
        echo before >all.txt; ln -s /proc/self/fd/1 out; $E out >>all.txt; ls -l
        """)
      #expect(outcome.errors == "", "\(outcome)")
      let plain = try #require(workshop.scratch.text("plain.csv"))
      #expect(plain.count { $0 == "\n" } == 46)
      #expect(workshop.scratch.text("kept.csv") == plain)
      #expect(workshop.scratch.text("piped.csv") == plain)
      let all = try #require(workshop.scratch.text("all.txt"))
      #expect(all.hasPrefix("before\n") && all.contains(" alone ") && all.contains(plain))
      for line in ["-rw------- .* kept.csv", "lrw.* link.csv -> ", "prw.* pipe", "lrw.* out -> "] {
        #expect(outcome.output.contains(try Regex(line)), "\(outcome)")
      }
      try expectRefused(
        "mkdir x; cd x; rmdir ../x; $A evaluate \(workshop.scratch["run"]) --one-process --csv x.csv",
        says: "x.csv: cannot be created: the folder . was deleted")
      for launcher in ["evaluate run --one-process", "launcher evaluate run"] {
        for (path, problem) in [
          (
            "none/x.csv",
            "cannot be created: there is no folder none; make it first, or name another"
          ),
          (".", "is a folder, expected a file; name a file in it"),
        ] {
          try expectRefused("$A \(launcher) --csv \(path)", says: "\(path): \(problem)")
        }
      }
    }

    @Test func `a modality may have any name that is allowed, over ranks too`() async throws {
      let text = try #require(workshop.scratch.text("pair.yaml"))
      try workshop.scratch.write(
        text.replacing("  a:\n", with: "  3d:\n").replacing("  b:\n", with: "  null:\n")
          + "order: [null, 3d]\nfusion: \"average_logits\"\n", to: "odd.yaml")
      #expect(try await workshop.train(.ranks(3), "odd.yaml", to: "run").status == 0)
      #expect(try await workshop.evaluate(.oneProcess, "run").status == 0)
      let files = workshop.scratch.names(in: "run/weights/epoch-0002")
      #expect(files.contains("encoder.3d.safetensors"))
    }

    @Test func `the largest seed is told as it was given`() throws {
      let seeds = [UInt64.max, UInt64.max - 1]
      try #require(try shell("$T --seed \(seeds[0]) --output one").status == 0)
      let one = try json(workshop, "one/summary.json", "seed") as? NSNumber
      #expect(one?.uint64Value == seeds[0])
      try #require(try shell("$T --seeds \(seeds[0]),\(seeds[1]) --output two").status == 0)
      let two = try json(workshop, "two/summary.json", "seeds") as? [NSNumber]
      #expect(two?.map(\.uint64Value) == seeds)
    }
  }
}
