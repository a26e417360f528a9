import Foundation
import Tensors
import TestSupport
import Testing

extension PortableJobs {
  /// With OpenBLAS's products, bits belong to a core type; threads and ranks do not change them.
  @Suite struct CoreTypeTests {
    /// Those of OpenBLAS's core types that this processor can run.
    static var coreTypes: [String] {
      let lanes = Lanes.available
      let cpuinfo = FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data()
      let flags = Set(
        String(decoding: cpuinfo, as: UTF8.self).split(whereSeparator: \.isWhitespace))
      var types = flags.contains("ssse3") ? ["Nehalem"] : []
      if flags.contains("avx") { types.append("Sandybridge") }
      if lanes.contains(.avx2) { types += ["Haswell", "Zen"] }
      if lanes.contains(.avx512) { types.append("SkylakeX") }
      if flags.contains("avx512_bf16") { types.append("Cooperlake") }
      return types
    }

    /// Products that are large enough to be cut into pieces.
    private static let wide = """
      classes: 6
      features: 64
      epochs: 1
      batch_size: 256
      modalities:
        strong:
          data: {kind: synthetic, set: lazy2, component: strong}
          encoder: {kind: mlp, hidden: [512, 300]}
        weak:
          data: {kind: synthetic, set: lazy2, component: weak}
          encoder: {kind: mlp, hidden: [384]}

      """

    @Test(arguments: coreTypes)
    func `threads and ranks change no bit`(coreType: String) async throws {
      let workshop = try Workshop()
      try workshop.scratch.write(Self.wide, to: "wide.yaml")
      var hashes: [String] = []
      for (way, threads) in [
        (Way.oneProcess, 1), (.oneProcess, 2), (.oneProcess, 3), (.ranks(3), 2),
      ] {
        let name = "run\(hashes.count)"
        // `launch` unsets the variable for everybody else.
        let outcome = try await workshop.train(
          way, "wide.yaml", to: name, set: ["execution.threads=\(threads)"],
          environment: ["OPENBLAS_CORETYPE": coreType])
        try #require(outcome.status == 0, "\(outcome)")
        let core = try json(workshop, "\(name)/environment.json", "blas", "core") as? String
        #expect(core == coreType, "asked for \(coreType)")
        hashes.append(
          try #require(json(workshop, "\(name)/summary.json", "weights_sha256") as? String))
      }
      #expect(Set(hashes).count == 1, "\(hashes)")
    }
  }
}
