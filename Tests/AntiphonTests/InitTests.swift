import Foundation
import TestSupport
import Testing

extension NumberJobs {
  /// `init` on the kinds of folders that people have: what it writes trains at the first attempt.
  @Suite struct InitTests {
    private let workshop: Workshop
    private var scratch: Scratch { workshop.scratch }

    init() throws { workshop = try Workshop() }

    private func initialise(_ options: String..., from paths: [String] = ["own"]) async throws
      -> MPIRun.Outcome
    {
      try await MPIRun.alone(
        "antiphon",
        ["launcher", "init"] + paths.map { scratch[$0] } + ["--output", scratch["out"]] + options)
    }

    /// Writes a folder's configuration, trains an epoch, and returns what `init` said.
    private func train(_ options: [String] = []) async throws -> String {
      let found = try await MPIRun.alone(
        "antiphon", ["init", scratch["own"], "--output", scratch["out"]] + options)
      try #require(found.status == 0 && found.errors == "", "\(found)")
      // The command as it is said, but for one epoch and one process.
      let command = "  ./launch train \(scratch["out"])/config.yaml --output \(scratch["out"])/run"
      #expect(found.output.contains(command), "\(found)")
      let run = try await workshop.train(
        .oneProcess, "out/config.yaml", to: "out/run", set: ["epochs=1", "execution.threads=1"])
      #expect(run.status == 0 && run.errors == "", "\(run)")
      #expect(scratch.text("out/run/summary.json") != nil)
      return found.output
    }

    /// A picture of one colour, with a grey level that is its own: PNG without compression.
    private func picture(_ red: UInt8, _ blue: UInt8, side: Int = 34) -> [UInt8] {
      func big(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
      func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt32 = 0xffff_ffff
        for byte in Array(name.utf8) + bytes {
          crc ^= UInt32(byte)
          for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return big(UInt32(bytes.count)) + Array(name.utf8) + bytes + big(crc ^ 0xffff_ffff)
      }
      let row: [UInt8] = [0] + (0..<side).flatMap { [red, UInt8($0), blue] as [UInt8] }
      let rows: [UInt8] = (0..<side).flatMap { _ in row }
      var (low, high): (UInt32, UInt32) = (1, 0)
      for byte in rows {
        (low, high) = ((low + UInt32(byte)) % 65521, (high + (low + UInt32(byte)) % 65521) % 65521)
      }
      let count = UInt16(rows.count)
      let stored: [UInt8] =
        [0x78, 1, 1] + withUnsafeBytes(of: count.littleEndian, Array.init)
        + withUnsafeBytes(of: (~count).littleEndian, Array.init) + rows + big(high << 16 | low)
      return [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]
        + chunk("IHDR", big(UInt32(side)) + big(UInt32(side)) + [8, 2, 0, 0, 0])
        + chunk("IDAT", stored) + chunk("IEND", [])
    }

    /// A second of a square wave.
    private func sound(period: Int) -> [UInt8] {
      workshop.wave(
        (0..<4_000).flatMap { time in
          withUnsafeBytes(
            of: Int16(time % period * 2 < period ? 4_000 : -4_000).littleEndian, Array.init)
        })
    }

    @Test func `arrays with labels and groups`() async throws {
      let values = (0..<60).map { Float($0 % 7) }
      try scratch.write(NPYWriter.bytes(values, shape: [12, 5]), to: "own/visual.npy")
      try scratch.write(NPYWriter.bytes(values, shape: [12, 5]), to: "own/audio.npy")
      try scratch.write(
        NPYWriter.bytes((0..<12).map { Int32($0 % 3) }, shape: [12]), to: "own/labels.npy")
      try scratch.write((0..<12).map { "g\($0 / 3)\n" }.joined(), to: "own/groups.txt")
      let said = try await train()
      #expect(said.contains("\n3 classes: 0 4, 1 4, 2 4\n"), "\(said)")
      #expect(said.contains("whole groups, 1 of 4"), "\(said)")
      let test = try #require(scratch.text("out/visual_test.csv"))
      #expect(test.hasPrefix("id,label,index,group\n"))
      // One group, whole.
      let groups = test.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last }
      #expect(groups.count == 3 && Set(groups).count == 1, "\(test)")
      #expect(scratch.text("out/config.yaml")?.contains("values: ../own/visual.npy") == true)
    }

    @Test func `a folder of pictures for each class, with one that is none`() async throws {
      for (label, red) in [("cat", UInt8(250)), ("frog: green, \"wet\"", 10)] {
        for index in 0..<6 {
          try scratch.write(picture(red, UInt8(index)), to: "own/\(label)/\(index).png")
        }
      }
      try scratch.write("GIF89a....", to: "own/cat/other.png")
      try scratch.write("x", to: "own/read.me")
      try scratch.write("x", to: "own/.hidden/x.png")
      let said = try await train()
      #expect(said.contains("own/cat/other.png: is a GIF, expected a JPEG, PNG or WebP"), "\(said)")
      #expect(said.contains("image     images     10     2"), "\(said)")
      #expect(said.contains("\n1 file of another kind was not looked at\n"), "\(said)")
      // The same again would overwrite.
      let again = try await initialise()
      #expect(again.status == 65 && again.sentences.count == 1, "\(again)")
      #expect(again.sentences[0].contains("holds 'config.yaml', "), "\(again)")
    }

    @Test func `sounds with a table, whose speakers stay together`() async throws {
      var table = "file,emotion,speaker,age\n"
      for index in 0..<12 {
        try scratch.write(sound(period: 8 << (index % 2)), to: "own/clips/\(index).wav")
        table += "clips/\(index).wav,\(["glad", "sad"][index % 2]),s\(index / 3),\(20 + index)\n"
      }
      try scratch.write(table, to: "own/list.csv")
      let said = try await train()
      #expect(said.contains("\nlabel: the column 'emotion'\n"), "\(said)")
      #expect(said.contains("\nwhat belongs together: the column 'speaker'\n"), "\(said)")
      #expect(said.contains("\ncolumns that were not used: 'age'\n"), "\(said)")
      #expect(scratch.text("out/config.yaml")?.contains("sample_rate: 8000\n") == true)
      let (train, test) = (scratch.text("out/audio_train.csv"), scratch.text("out/audio_test.csv"))
      let speakers = [train, test].map { text in
        Set(
          (text ?? "").split(separator: "\n").dropFirst().compactMap {
            $0.split(separator: ",").last
          })
      }
      #expect(speakers[0].isDisjoint(with: speakers[1]) && speakers[0].count == 3)
    }

    @Test func `a table with texts and a column that names pictures`() async throws {
      var table = "title,photo,colour,shade\n"
      for index in 0..<12 {
        try scratch.write(picture(index % 2 == 0 ? 250 : 5, 9), to: "own/p/\(index).png")
        table +=
          "\"a \(index % 2 == 0 ? "red" : "dark") thing, no. \(index)\",p/\(index).png,\(index % 2),\(index % 3)\n"
      }
      try scratch.write(table, to: "own/list.csv")
      let unclear = try await initialise()
      #expect(
        unclear.sentences == [
          "\(scratch["own/list.csv"]): has several columns that could be the label, 'colour', 'shade'; say which: --label COLUMN"
        ], "\(unclear)")
      #expect(unclear.status == 65 && scratch.names(in: "out") == [])
      let said = try await train(["--label", "colour"])
      #expect(said.contains("\ntext        text     10     2\n"), "\(said)")
      #expect(said.contains("\nimage     images     10     2\n"), "\(said)")
    }

    @Test func `pictures, sounds and texts of the same names`() async throws {
      for label in ["high", "low"] {
        for index in 0..<6 {
          let name = "\(label)/\(index)"
          try scratch.write(picture(label == "low" ? 5 : 250, 7), to: "own/images/\(name).png")
          try scratch.write(sound(period: label == "low" ? 64 : 8), to: "own/audio/\(name).wav")
          if index > 0 { try scratch.write("a \(label) tone", to: "own/text/\(name).txt") }
        }
      }
      let said = try await train(["--seed", "5"])
      #expect(said.contains("\naudio      audio     10     2\n"), "\(said)")
      #expect(said.contains("\nimage     images     10     2\n"), "\(said)")
      // Two samples have no text: they are not in its manifests.
      let texts = ["train", "test"].map { scratch.text("out/text_\($0).csv") ?? "" }.joined()
      #expect(texts.contains("low/3,low,a low tone\n") && !texts.contains("low/0"), "\(texts)")
      #expect(texts.split(separator: "\n").count { $0.hasSuffix(" tone") } == 10)
    }
  }
}
