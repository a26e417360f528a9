import Foundation
import Storage
import Testing

@testable import Planning

@Suite struct FileTests {
  private func sentence(_ text: String) -> String {
    do {
      _ = try Profile(Data(text.utf8), place: "p.json")
      return "nothing was refused"
    } catch { return "\(error)" }
  }

  @Test func `what was measured is read back as it was`() throws {
    let profile = MadeUp.profile([
      MadeUp.modality(), .standIn("x", seconds: 0.02, batchSize: 4, headPart: 0),
    ])
    let text = try profile.text()
    #expect(try Profile(Data(text.utf8), place: "") == profile)
    #expect(text.contains("\"byte_count\" : 1000000") && text.contains("\"version\" : 1"))
    let network = try MadeUp.network.text()
    #expect(try NetworkProfile(Data(network.utf8), place: "") == MadeUp.network)
  }

  @Test func `what is no profile is refused with a sentence`() throws {
    #expect(sentence("[1") == "p.json: is no profile; ./launch profile writes one")
    #expect(sentence("{\"a\": 1}") == "p.json: is no profile; ./launch profile writes one")
    #expect(
      sentence("{\"version\": 7}")
        == "p.json: is a profile of version 7, expected 1; ./launch profile writes one")
    let damaged = try MadeUp.profile().text().replacing("\"classes\"", with: "\"klasses\"")
    #expect(
      sentence(damaged)
        == "p.json: is a damaged profile: 'head.classes' is missing; ./launch profile writes one")
    let wrong = try MadeUp.profile().text().replacing(
      "\"samples\" : 8\n", with: "\"samples\" : \"8\"\n")
    #expect(sentence(wrong).contains("'modalities[0].passes[1].samples' is not what is expected"))
    #expect(throws: FileError.self) { try Profile(path: "/nowhere/p.json") }
    #expect(throws: FileError.self) { try NetworkProfile(path: "/dev/null") }
  }

  @Test func `a profile of another configuration says what differs`() {
    let profile = MadeUp.profile()
    let same = MadeUp.modality()
    #expect(
      profile.differences(
        classes: 10, features: 9, modalities: [(same.name, same.identity, same.batchSize)]) == [])
    let found = profile.differences(
      classes: 10, features: 64,
      modalities: [
        ("video", ["encoder": "mlp", "sample": "3 x 8 x 8"], 32), ("audio", [:], 16),
      ])
    #expect(
      found == [
        "features: measured with 9, now 64", "batch_size of video: measured with 16, now 32",
        "encoder of video: measured with resnet, now mlp",
        "modality audio was not measured, only video",
      ])
  }

  @Test func `units are read strictly`() {
    func near(_ found: Double?, _ expected: Double) -> Bool {
      found.map { abs($0 - expected) < 1e-12 * expected } ?? false
    }
    let bandwidths: [(String, Double)] = [
      ("25G", 3.125e9), ("1.5M", 187_500), ("100kbit/s", 12_500), ("1Tbps", 1.25e11),
    ]
    for (text, bytes) in bandwidths { #expect(near(Quantity.bandwidth(text), bytes), "\(text)") }
    let times: [(String, Double)] = [("2us", 2e-6), ("0.5ms", 5e-4), ("3s", 3), ("40ns", 4e-8)]
    for (text, seconds) in times { #expect(near(Quantity.seconds(text), seconds), "\(text)") }
    #expect(Quantity.seconds("0us") == 0)
    for text in [
      "25", "G", "25g", "0G", "-1G", "1e3G", "25 G", "25GB/s", "infG", "0x1G", ".5G", "5.G",
    ] {
      #expect(Quantity.bandwidth(text) == nil, "\(text)")
    }
    for text in ["2", "us", "2 us", "-2us", "2min", "nans", "1e-6s", "2Us"] {
      #expect(Quantity.seconds(text) == nil, "\(text)")
    }
  }
}
