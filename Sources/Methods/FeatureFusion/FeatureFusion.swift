import Tensors

/// How the features of all modalities, or projections of them, become one feature that a classifier sees.
///
/// s features, d features after fusion. Of each row a modality has a vector: what its worker has sent, with the
/// coordinator's bias, where the form has one; zeros without the modality.
public struct FeatureFusion: Sendable, Equatable {
  /// The formula.
  public enum Form: Sendable {
    /// `o = sum over m != c of (g0 + gamma_m) * h_m + beta_m`; gammas and betas are what conditioner c says (Perez
    /// et al., arXiv 1709.07871).
    case film
    /// `o = sigmoid(v_g) * sum over m != g of v_m` (Kiela et al., arXiv 1802.02892).
    case bilinear
    /// `o = sum over m of z_m * tanh(t_m)`, where every modality has a say in all gates z (Arevalo et al.,
    /// arXiv 1702.01992).
    case gmu
  }

  /// The formula.
  public let form: Form
  /// The conditioner, or the modality of the gate; without meaning for `gmu`.
  public let lead: Int
  /// What is added to each gamma: g0.
  public let offset: Double
  /// M, the number of modalities.
  public let modalityCount: Int
  /// s, the number of features of a modality.
  public let featureCount: Int
  /// d, the number of features after fusion.
  public let width: Int
  /// The others than the lead, ascending.
  private let others: [Int]

  /// A fusion of features.
  public init(
    _ form: Form, lead: Int, offset: Double = 0, modalityCount: Int, featureCount: Int, width: Int
  ) {
    (self.form, self.lead, self.offset) = (form, lead, offset)
    (self.modalityCount, self.featureCount, self.width) = (modalityCount, featureCount, width)
    others = (0..<modalityCount).filter { $0 != lead }
  }

  /// How many numbers a modality sends of a sample.
  public func width(of modality: Int) -> Int {
    switch form {
    case .film: modality == lead ? 2 * featureCount * (modalityCount - 1) : featureCount
    case .bilinear: width
    // Two gates that add up to 1 are one.
    case .gmu: width + (modalityCount == 2 ? 1 : modalityCount) * width
    }
  }

  /// Whether a modality sends a projection of its features; else it sends them.
  public func isProjected(_ modality: Int) -> Bool { form != .film || modality == lead }

  /// Whether the coordinator has a bias for what a modality sends.
  public func hasBias(_ modality: Int) -> Bool { form != .gmu && isProjected(modality) }

  /// Fuses one row: `fused [d]` of the modalities' vectors.
  public func fuse(_ vectors: [Buffer<Float>], into fused: Buffer<Float>) {
    switch form {
    case .film:
      let conditions = vectors[lead]
      for i in 0..<width {
        var sum = 0.0
        for (place, other) in others.enumerated() {
          let (gamma, beta) = conditionPlaces(place, i)
          sum += (offset + Double(conditions[gamma])) * Double(vectors[other][i])
          sum += Double(conditions[beta])
        }
        fused[i] = Float(sum)
      }
    case .bilinear:
      for i in 0..<width {
        fused[i] = Float(sigmoid(Double(vectors[lead][i])) * sum(vectors, i))
      }
    case .gmu:
      var gates = [Double](repeating: 0, count: modalityCount)
      for i in 0..<width {
        find(&gates, vectors, i)
        var sum = 0.0
        for (gate, vector) in zip(gates, vectors) { sum += gate * tangent(Double(vector[i])) }
        fused[i] = Float(sum)
      }
    }
  }

  /// The gradient with respect to the modalities' vectors of one row, given that with respect to `fused`.
  public func gradient(
    _ fusedGradient: Buffer<Float>, _ vectors: [Buffer<Float>], into gradients: [Buffer<Float>]
  ) {
    switch form {
    case .film:
      for (place, other) in others.enumerated() {
        for i in 0..<width {
          let along = Double(fusedGradient[i])
          let (gamma, beta) = conditionPlaces(place, i)
          gradients[other][i] = Float(along * (offset + Double(vectors[lead][gamma])))
          gradients[lead][gamma] = Float(along * Double(vectors[other][i]))
          gradients[lead][beta] = fusedGradient[i]
        }
      }
    case .bilinear:
      for i in 0..<width {
        let along = Double(fusedGradient[i])
        let gate = sigmoid(Double(vectors[lead][i]))
        for other in others { gradients[other][i] = Float(along * gate) }
        gradients[lead][i] = Float(along * sum(vectors, i) * gate * (1 - gate))
      }
    case .gmu:
      gradientOfUnits(fusedGradient, vectors, into: gradients)
    }
  }

  private func gradientOfUnits(
    _ fusedGradient: Buffer<Float>, _ vectors: [Buffer<Float>], into gradients: [Buffer<Float>]
  ) {
    var gates = [Double](repeating: 0, count: modalityCount)
    var said = gates
    for i in 0..<width {
      let along = Double(fusedGradient[i])
      find(&gates, vectors, i)
      for (modality, vector) in vectors.enumerated() { said[modality] = tangent(Double(vector[i])) }
      for (modality, gradient) in gradients.enumerated() {
        gradient[i] = Float(along * gates[modality] * (1 - said[modality] * said[modality]))
        if modalityCount == 2 {
          gradient[width + i] = Float(along * (said[0] - said[1]) * gates[0] * gates[1])
        } else {
          for (gated, gate) in gates.enumerated() {
            gradient[(1 + gated) * width + i] = Float(along * said[gated] * gate * (1 - gate))
          }
        }
      }
    }
  }

  /// Where gamma and beta of the other modality in this place are in what the conditioner says.
  private func conditionPlaces(_ place: Int, _ i: Int) -> (gamma: Int, beta: Int) {
    (2 * place * width + i, (2 * place + 1) * width + i)
  }

  private func sum(_ vectors: [Buffer<Float>], _ i: Int) -> Double {
    others.reduce(0.0) { $0 + Double(vectors[$1][i]) }
  }

  /// Finds the gate of each modality for a feature, by the votes of all.
  private func find(_ gates: inout [Double], _ vectors: [Buffer<Float>], _ i: Int) {
    func gate(_ place: Int) -> Double {
      sigmoid(vectors.reduce(0.0) { $0 + Double($1[place]) })
    }
    guard modalityCount == 2 else {
      for modality in gates.indices { gates[modality] = gate((1 + modality) * width + i) }
      return
    }
    gates[0] = gate(width + i)
    gates[1] = 1 - gates[0]
  }
}

/// `1 / (1 + exp(-x))`.
private func sigmoid(_ x: Double) -> Double { 1 / (1 + Elementary.exponential(-x)) }

/// `tanh(x)`.
private func tangent(_ x: Double) -> Double {
  let small = Elementary.exponential(-2 * abs(x))
  let value = (1 - small) / (1 + small)
  return x < 0 ? -value : value
}
