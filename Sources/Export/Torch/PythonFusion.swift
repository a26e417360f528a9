import MLA

/// `fuse` of `model.py`: the probabilities of the classes from the logits of all modalities.
struct PythonFusion {
  let rule: PredictionRule

  /// The function.
  var text: String {
    let body =
      switch rule {
      case .fusion(let kind, let weights): Self.fusion(kind, weights)
      case .pool(let pool): Self.pool(pool)
      case .sum(let share): Self.sum(share)
      case .energy(let divisor):
        """
        w = there * z.logsumexp(-1) / \(divisor)
        return (w[..., None] * z).sum(1).softmax(-1), w
        """
      }
    let lines = ([Self.summary(rule.name)] + body.split(separator: "\n").map(String.init))
    return "def fuse(z, there, norms):\n"
      + lines.map { "    \($0)\n" }.joined() + "\n\n"
  }

  private static func summary(_ name: String) -> String {
    "\"\"\"\(name): logits [n, M, K], who is there [n, M], lengths of features [n, M]; float64.\"\"\""
  }

  private static func fusion(_ kind: FusionKind, _ weights: [Double]) -> String {
    let raw =
      switch kind {
      case .fixedLogits, .fixedProbabilities: "there * z.new_tensor(\(weights))"
      case .entropyLogits, .entropyProbabilities:
        """
        p = z.softmax(-1)
        entropy = -torch.special.xlogy(p, p).sum(-1)
        top = torch.where(there, entropy, -math.inf).amax(1, keepdim=True)
        w = torch.where(there, (top - entropy).exp(), 0)
        """
      case .energy: "there * z.logsumexp(-1) / 10"
      default: "there.to(z.dtype)"
      }
    let made = raw.contains("\n") ? raw : "w = \(raw)"
    let shared = "w = w / w.sum(1, keepdim=True).clamp(min=1e-300)"
    let result =
      kind.fusesProbabilities
      ? "return (w[..., None] * z.softmax(-1)).sum(1), w"
      : "return (w[..., None] * z).sum(1).softmax(-1), w"
    return ([made] + (kind == .energy ? [] : [shared]) + [result]).joined(separator: "\n")
  }

  private static func sum(_ share: [Float]) -> String {
    guard share.contains(where: { $0 != 0 }) else {
      return "return z.sum(1).softmax(-1), there.to(z.dtype)"
    }
    // What an absent modality adds: its share of the common bias.
    return """
      share = z.new_tensor(\(share.map(Double.init)))
      return torch.where(there[..., None], z, share).sum(1).softmax(-1), there.to(z.dtype)
      """
  }

  private static func pool(_ pool: RobustPool) -> String {
    var lines = [
      "eps, prior = \(pool.spoilt), z.new_tensor(\(pool.prior)).log()",
      "weight = z.new_tensor(\(pool.weights))",
      "q = (weight[:, None] * z).log_softmax(-1)", "ratio = torch.zeros_like(norms)",
    ]
    if pool.detectors.contains(where: { $0 != nil }) {
      lines += [
        "p = z.softmax(-1)",
        "entropy = -torch.special.xlogy(p, p).sum(-1) / math.log(z.shape[-1])",
        "numbers = torch.stack((entropy, z.logsumexp(-1), (norms + 1e-3).log()), -1)",
        "for m, (means, deviations, slopes) in enumerate((",
      ]
      for detector in pool.detectors {
        lines.append(
          detector.map { "        (\($0.means), \($0.deviations), \($0.coefficients))," }
            ?? "        (None, None, None),")
      }
      lines += [
        ")):", "    if means is not None:",
        "        means, deviations, slopes = map(z.new_tensor, (means, deviations, slopes))",
        "        x = ((numbers[:, m] - means) / deviations).clamp(-6, 6)",
        "        ratio[:, m] = (x @ slopes[:3] + slopes[3]).clamp(0, math.log(100))",
      ]
    }
    lines += [
      "sound = math.log(1 - eps) + q - prior", "spoilt = (math.log(eps) + ratio)[..., None]",
      "votes = torch.where(there[..., None], torch.logaddexp(sound, spoilt), 0)",
      "alone = there.sum(1, keepdim=True) == 1",
      "lone = torch.where(there[..., None], q, 0).sum(1)",
      "scores = torch.where(alone, lone, (prior + votes.sum(1)).log_softmax(-1))",
      "sure = torch.sigmoid(sound - spoilt)",
      "best = scores.argmax(-1)[:, None, None].expand(-1, z.shape[1], 1)",
      "sure = torch.where(alone, 1, sure.gather(-1, best).squeeze(-1))",
      "return scores.exp(), there * weight * sure",
    ]
    return lines.joined(separator: "\n")
  }
}
