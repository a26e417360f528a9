"""Golden values of the loss with class weights and label smoothing, from PyTorch in float64.

Made with Python 3.11.7 and torch 2.15.0 (on the CPU):  python make_losses.py > losses.json
"""
import json

import torch
from torch.nn import functional as F

torch.manual_seed(20261129)
torch.set_default_dtype(torch.float64)


def flat(t, digits=12):
    return [float(f"{v:.{digits}g}") for v in t.detach().flatten().tolist()]


out = []
# rows, classes, whether classes have weights, smoothing
for n, k, weighted, smoothing in [
    (1, 2, True, 0.0), (5, 3, True, 0.0), (5, 3, False, 0.1), (5, 3, True, 0.1),
    (4, 17, True, 0.25), (3, 33, False, 0.9), (2, 16, True, 0.5)]:
    # Few digits: short, and exact in float32, so that nothing starts with a rounding.
    z = (torch.round(torch.randn(n, k) * 24) / 8).requires_grad_()
    weights = torch.round(torch.rand(k) * 30 + 1) / 8 if weighted else None
    labels = torch.randint(k, (n,))
    F.cross_entropy(z, labels, weight=weights, label_smoothing=smoothing).backward()
    out.append({
        "classes": k, "logits": flat(z), "labels": labels.tolist(),
        "weights": flat(weights) if weighted else [], "smoothing": smoothing,
        "mean": float(F.cross_entropy(z.detach(), labels, weight=weights,
                                      label_smoothing=smoothing)),
        "rows": flat(F.cross_entropy(z.detach(), labels, weight=weights,
                                     label_smoothing=smoothing, reduction="none")),
        "gradient": flat(z.grad)})
print(json.dumps(out))
