import Coordinator
import Exchange
import Foundation
import Storage
import Testing

@testable import Runs

/// Leaks that somebody has planted are found, each by its name, and nothing else is.
@Suite struct AuditTests {
  /// A leak and what is to be said of it.
  struct Leak: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: AuditFinding.Kind
    var split: EvaluatedSplit?
    var modality: String?
    var count: Int?
    var example: [String] = []
    /// What else follows from it.
    var others: Set<AuditFinding.Kind> = []
    let plant: @Sendable (inout LeakyData) -> Void
  }

  static let leaks: [Leak] = [
    Leak(
      testDescription: "a test id that training has", kind: .sharedIDs, split: .test, count: 1,
      example: ["train0"], plant: { $0.test[0].id = "train0" }),
    Leak(
      testDescription: "a group of the manifests", kind: .sharedGroups, split: .test, count: 2,
      example: ["train group 2"],
      plant: { data in
        for place in [3, 11] { data.test[place].group = "train group 2" }
      }),
    Leak(
      testDescription: "a group of data.groups", kind: .sharedGroups, split: .test, count: 1,
      example: ["train group 5"],
      plant: { data in
        data.test[7].group = "train group 5"
        data.groupFile = (data.train + data.test).map { ($0.id, $0.group) }
      }),
    Leak(
      testDescription: "a vector", kind: .identicalSamples, split: .test, modality: "numbers",
      count: 1, example: ["test4", "train7"],
      plant: { $0.test[4].numbers = $0.train[7].numbers }),
    Leak(
      testDescription: "a sound in another file", kind: .identicalSamples, split: .test,
      modality: "sound", count: 1, example: ["test5", "train8"],
      plant: { ($0.test[5].sound, $0.test[5].hasComment) = ($0.train[8].sound, true) }),
    Leak(
      testDescription: "a text in capitals", kind: .identicalSamples, split: .test,
      modality: "words", count: 1, example: ["test6", "train9"],
      plant: { $0.test[6].words = $0.train[9].words.map { "\($0.uppercased())!" } }),
    Leak(
      testDescription: "a vector of every group, validation's among them", kind: .identicalSamples,
      split: .test, modality: "numbers", count: 10,
      plant: { data in
        for place in 0..<10 { data.test[3 * place].numbers = data.train[6 * place].numbers }
      }),
    Leak(
      testDescription: "an id of every group, validation's among them", kind: .sharedIDs,
      split: .test, count: 10,
      plant: { data in
        for place in 0..<10 { data.test[3 * place].id = data.train[6 * place].id }
      }),
    Leak(
      testDescription: "every group, validation's among them", kind: .sharedGroups, split: .test,
      count: 10,
      plant: { data in
        for place in 0..<10 { data.test[3 * place].group = data.train[6 * place].group }
      }),
    Leak(
      testDescription: "a text beside one that is nearly the same", kind: .identicalSamples,
      split: .test, modality: "words", count: 1, example: ["test6", "train9"],
      plant: { data in
        data.train[10].words = data.train[9].words
        data.train[10].words[5] = data.train[9].words[5] == "w0" ? "w1" : "w0"
        data.test[6].words = data.train[9].words
      }),
    Leak(
      testDescription: "a vector in every group", kind: .identicalSamples, split: .validation,
      modality: "numbers",
      plant: { data in
        for group in 1..<10 { data.train[6 * group].numbers = data.train[0].numbers }
      }),
    Leak(
      testDescription: "a text with one other word", kind: .nearTexts, split: .test,
      modality: "words", count: 1, example: ["test7", "train10"],
      plant: { data in
        data.test[7].words = data.train[10].words
        data.test[7].words[5] = data.train[10].words[5] == "w0" ? "w1" : "w0"
      }),
    Leak(
      testDescription: "texts with one other last word", kind: .nearTexts, split: .validation,
      modality: "words",
      plant: { data in
        for group in 1..<10 {
          data.train[6 * group].words = data.train[0].words.dropLast() + ["w\(group)"]
        }
      }),
    Leak(
      testDescription: "a vector with two labels", kind: .conflictingLabels, modality: "numbers",
      count: 2, example: ["train13", "train14"],
      plant: { $0.train[14].numbers = $0.train[13].numbers }),
    Leak(
      testDescription: "ids that never meet", kind: .idsApart, split: .test,
      modality: "numbers, words", count: 60, example: ["test0", "0test0"],
      plant: { data in
        for place in data.train.indices { data.train[place].wordsID = "0train\(place)" }
        for place in data.test.indices { data.test[place].wordsID = "0test\(place)" }
      }),
    Leak(
      testDescription: "a class that test lacks", kind: .missingClasses, split: .test, count: 1,
      example: ["good"], others: [.classBalance],
      plant: { data in
        for place in data.test.indices { data.test[place].label = place % 2 }
      }),
    Leak(
      testDescription: "a class that test is full of", kind: .classBalance, split: .test, count: 1,
      example: ["poor"],
      plant: { data in
        for place in data.test.indices { data.test[place].label = place < 24 ? 0 : place % 3 }
      }),
    Leak(
      testDescription: "two labels of a sample", kind: .refused,
      plant: { $0.train[20].wordsLabel = 0 }),
  ]

  @Test(arguments: leaks) func `a planted leak is found, and nothing else`(_ leak: Leak) throws {
    var data = LeakyData()
    leak.plant(&data)
    let audit = try data.audit()
    #expect(Set(audit.findings.map(\.kind)) == leak.others.union([leak.kind]), "\(audit.findings)")
    let found = audit.findings.filter { $0.kind == leak.kind && $0.split == leak.split }
    let finding = try #require(found.first)
    #expect(finding.modality == leak.modality)
    if let count = leak.count { #expect(finding.count == count) }
    if !leak.example.isEmpty { #expect(finding.examples.first == leak.example) }
  }

  @Test func `where there is nothing, nothing is found`() throws {
    let audit = try LeakyData().audit()
    #expect(audit.findings.isEmpty, "\(audit.findings)")
    #expect(audit.balances.map(\.name) == ["training", "validation", "test"])
    #expect(audit.balances.map(\.counts) == [[16, 16, 16], [4, 4, 4], [10, 10, 10]])
    #expect(audit.groupCount == 15 && audit.leftOut.isEmpty)
  }

  @Test func `features that know the labels of the training files are found by a run's model`()
    throws
  {
    var data = LeakyData()
    for place in data.train.indices {
      data.train[place].numbers = (0..<4).map { $0 == data.train[place].label ? 3 : 0 }
      data.train[place].numbers[3] = Float(place) / 60
    }
    let audit = try data.audit(of: "run")
    let finding = try #require(audit.findings.first { $0.kind == .knownLabels })
    #expect(finding.modality == "numbers" && finding.split == .test)
    #expect(audit.findings.count == 1, "\(audit.findings)")
  }

  @Test func `features know labels by more than 15 points, and by more than chance`() {
    #expect(Job.knowsLabels(0.8, of: 400, 0.64, of: 400))
    #expect(!Job.knowsLabels(0.8, of: 4_000, 0.66, of: 4_000))
    // Three standard errors of 20 samples are 0.46.
    #expect(!Job.knowsLabels(0.8, of: 20, 0.4, of: 20))
    #expect(!Job.knowsLabels(0.4, of: 400, 0.8, of: 400) && !Job.knowsLabels(1, of: 9, .nan, of: 0))
  }

  @Test func `a report has a row for each finding, and JSON has all of it`() throws {
    var data = LeakyData()
    data.test[4].numbers = data.train[7].numbers
    data.test[3].group = "train group 2"
    let audit = try data.audit()
    let report = AuditReport(audit, classes: ["poor", "fair", "good"], notes: ["odd"])
    guard case .object(let members) = report.json, case .list(let findings) = members["findings"],
      case .object(let first) = findings[0]
    else {
      Issue.record("no findings")
      return
    }
    #expect(findings.count == 2)
    guard case .text("shared_groups") = first["kind"], case .integer(1) = first["count"],
      case .integer(30) = first["of"], case .null = first["modality"]
    else {
      Issue.record("\(first)")
      return
    }
    var job = try SmallJob()
    try data.write(to: &job)
    let count = Box(0)
    try job.onRanks("audit") { [configuration = job.configuration] job in
      do {
        try job.audit(configuration, model: nil, asJSON: false, isStrict: true)
      } catch let failed as AuditFailed {
        count.value = failed.count
      }
    }
    #expect(count.value == 2)
    let said = job.said("audit")
    for words in ["shared_groups", "identical_samples", "test4 = train7", "1 of 30", "16 (33.3 %)"]
    {
      #expect(said.contains(words), "\(words)")
    }
  }
}
