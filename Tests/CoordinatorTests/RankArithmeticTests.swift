import Testing

@testable import Coordinator
@testable import Tensors

@Suite struct RankArithmeticTests {
  private func ranks(_ arithmetic: (String, String)...) -> [(name: String, arithmetic: Arithmetic)]
  {
    zip(["coordinator", "audio", "image"], arithmetic).map {
      ($0, Arithmetic(coreType: $1.0, lanes: $1.1))
    }
  }

  @Test func `ranks that compute alike are nothing to speak of`() {
    let alike = ranks(("Zen", "avx2"), ("Zen", "avx2"))
    #expect(RankArithmetic.warnings(alike, products: .openblas) == [])
    let plain = ranks(("Nehalem", "plain"), ("Nehalem", "plain"))
    #expect(RankArithmetic.warnings(plain, products: .portable) == [])
  }

  @Test func `different core types matter where OpenBLAS multiplies`() {
    let mixed = ranks(("Zen", "avx2"), ("SkylakeX", "avx512"), ("Zen", "avx2"))
    #expect(
      RankArithmetic.warnings(mixed, products: .openblas) == [
        "the ranks compute with different core types of OpenBLAS (coordinator Zen, audio SkylakeX, image Zen), so that weights depend on which rank is where; with execution.products: portable they do not"
      ])
    #expect(RankArithmetic.warnings(mixed, products: .portable) == [])
  }

  @Test func `a rank without fused multiply-adds among others is named in any case`() {
    let mixed = ranks(("Haswell", "avx2"), ("Haswell", "plain"))
    for products in Products.allCases {
      #expect(
        RankArithmetic.warnings(mixed, products: products) == [
          "some ranks have no fused multiply-adds (lanes: coordinator avx2, audio plain), so that weights depend on which rank is where"
        ])
    }
  }
}
