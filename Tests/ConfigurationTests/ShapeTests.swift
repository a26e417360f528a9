import Foundation
import Storage
import Testing

@testable import Configuration

/// The JSON Schemas that editors check with say what the reader reads.
@Suite struct ShapeTests {
  private let run = SchemaCheck(schema: ConfigurationSchema.run)

  private func value(_ text: String) throws -> JSONValue { try #require(JSONValue(yaml: text)) }

  private func examples(_ folder: String) throws -> [String] {
    let folder = "\(packageFolder)/examples/\(folder)"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return files.filter { $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
  }

  @Test func `every example fits`() throws {
    let files = try examples("") + examples("recipes")
    #expect(files.count > 10)
    for file in files {
      #expect(run.fault(try value(ConfigurationFile(path: file).text)) == nil, "\(file)")
    }
    let experiment = SchemaCheck(schema: ConfigurationSchema.experiment)
    for file in try examples("experiments") {
      #expect(experiment.fault(try value(ConfigurationFile(path: file).text)) == nil, "\(file)")
    }
  }

  @Test func `whatever is read and written fits, defaults too`() throws {
    for seed in 0..<12 {
      let fault = run.fault(try value(randomConfiguration(seed: UInt64(seed)).yaml))
      #expect(fault == nil, "seed \(seed)")
    }
    #expect(run.fault(try value(minimal)) == nil)
    #expect(run.fault(try value(try parse(minimal).yaml)) == nil)
  }

  @Test(arguments: [
    ("epocs: 3", ".epocs: is not allowed"), ("epochs: 0", ".epochs: minimum"),
    ("epochs: 1.5", ".epochs: type"), ("epochs: many", ".epochs: type"),
    ("batch_size: [1]", ".batch_size: type"), ("sampling: shraed", ".sampling: enum"),
    ("optimizer: {lr: 0}", ".optimizer.lr: exclusiveMinimum"),
    ("optimizer: {momentum: 1}", ".optimizer.momentum: exclusiveMaximum"),
    ("optimizer: {nesterov: maybe}", ".optimizer.nesterov: type"),
    ("checkpoint: {every: 5 fortnights}", ".checkpoint.every: pattern"),
    ("order: [a, a]", ".order: anyOf"), ("method: {kind: mla, alpha: 1}", ".method: anyOf"),
    ("fusion: {weights: {a: -1}}", ".fusion: anyOf"), ("preset: best", ".preset: enum"),
  ])
  func `what is refused does not fit, as far as a schema can say it`(
    line: String, fault: String
  ) throws {
    let text = minimal + line + "\n"
    #expect(throws: ConfigurationError.self) { try parse(text) }
    #expect(run.fault(try value(text)) == fault)
  }

  @Test(arguments: [
    ("{kind: synthtic}", "enum"), ("{set: lazy2}", "required"),
    ("{kind: arrays}", "required"), ("{kind: synthetic, sed: 1}", "is not allowed"),
    ("{kind: images, train: a, size: [32]}", "minItems"),
    ("{kind: audio, train: a, spectrogram: {bands: 0}}", "minimum"),
  ])
  func `a kind brings its own keys`(data: String, fault: String) throws {
    let text = minimal(data: data)
    #expect(throws: ConfigurationError.self) { try parse(text) }
    let found = run.fault(try value(text))
    #expect(found?.hasSuffix(fault) == true, "\(found ?? "")")
  }

  @Test func `every key of the reference says what it takes and what it means`() {
    var sections = 0
    func look(_ schema: JSONValue, at path: String) {
      guard case .object(let keywords) = schema else { return }
      if case .object(let keys)? = keywords["properties"], keywords["additionalProperties"] != nil {
        sections += 1
        for (key, value) in keys where key != "kind" {
          guard case .object(let below) = value else { continue }
          #expect(below["description"] != nil, "\(path).\(key)")
          #expect(
            below["type"] != nil || below["enum"] != nil || below["anyOf"] != nil,
            "\(path).\(key): give its Codec or Field a `shape`")
        }
      }
      for (name, below) in keywords {
        switch below {
        case .list(let items): items.forEach { look($0, at: "\(path).\(name)") }
        default: look(below, at: "\(path).\(name)")
        }
      }
    }
    look(ConfigurationSchema.run, at: "")
    let tables = RunSchema.run.tables(
      .init(), RunConfiguration(classes: ["0", "1"], modalities: []))
    // Kinds without options have a section in the schema, and no table.
    #expect(sections >= tables.count)
  }

  @Test func `the schema has the defaults`() throws {
    guard case .object(let keywords) = ConfigurationSchema.run,
      case .object(let keys)? = keywords["properties"],
      case .object(let epochs)? = keys["epochs"], case .object(let optimizer)? = keys["optimizer"],
      case .object(let below)? = optimizer["properties"], case .object(let lr)? = below["lr"]
    else {
      Issue.record("keys are missing")
      return
    }
    let run = try parse(minimal)
    #expect("\(epochs["default"] ?? .null)" == "\(JSONValue.integer(run.epochs))")
    #expect("\(lr["default"] ?? .null)" == "\(JSONValue.number(run.optimizer.learningRate))")
  }
}
