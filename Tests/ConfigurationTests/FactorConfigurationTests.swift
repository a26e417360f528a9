import Methods
import Testing

@testable import Configuration

@Suite struct FactorConfigurationTests {
  private func run(_ text: String) throws -> RunConfiguration {
    try parse(
      "classes: 101\nfeatures: 512\nbatch_size: 16\nmodalities:\n  a: {data: {kind: synthetic}}\n"
        + text)
  }

  @Test func `gradients are sent unless factors were asked for and are less`() throws {
    let asked = "head: {update: factors}\nexecution: {features_may_cross: true}\n"
    #expect(try !run("").sendsFactors && run("").headUpdateNote == nil)
    let factors = try run(asked)
    #expect(factors.sendsFactors)
    #expect(
      factors.headUpdateNote
        == "head.update is factors: the features of every training sample go to the coordinator")
    // 16 + 8 + 24 + 4 * 16 * (101 + 512), and one more header and count.
    #expect(factors.traffic(sampleCount: 16).up == 2 * 24 + 24 + 64 * 613)
    #expect(factors.traffic(sampleCount: 16).down == 16 + 4 * 101 * 513)
    var many = factors
    many.batchSize = 90
    #expect(!many.sendsFactors)
    #expect(
      many.headUpdateNote
        == "head.update is factors, but with 90 samples, 512 features and 101 classes a gradient is less than its factors, so that gradients are sent"
    )
    #expect(many.traffic(sampleCount: 90).up == 16 + 24 + 512 * 8 + 4 * 101 * 513)
  }
}
