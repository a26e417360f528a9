"""Golden values of layers, losses and gradient descent, from PyTorch in float64.

Made with Python 3.11.7 and torch 2.15.0 (on the CPU):  python make_layers.py > layers.json
Arrays are in this project's layouts: images [n, H, W, C], convolution weights [out, kh, kw, in].
"""
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(20240611)
torch.set_default_dtype(torch.float64)


def flat(t, digits=6):
    # Below 1e-30 is zero: readers refuse numbers that float32 cannot hold.
    values = t.detach().contiguous().flatten().tolist()
    return [float(f"{v:.{digits}g}") if abs(v) > 1e-30 else 0.0 for v in values]


def last(t):
    """Channels-last: of images as of convolution weights."""
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def draw(*shape):
    # Few digits: short, and exact in float32, so that nothing starts with a rounding.
    return torch.round(torch.randn(*shape) * 8) / 8


def drawn(module):
    for p in module.parameters():
        p.data = draw(*p.shape) / 2
    return module


def run(module, x):
    x = x.requires_grad_()
    y = module(x)
    dy = draw(*y.shape)
    y.backward(dy)
    return {
        "x": flat(last(x)), "y": flat(last(y)), "dy": flat(last(dy)), "dx": flat(last(x.grad)),
        "shape": list(last(x).shape),
        "parameters": [flat(last(p)) for p in module.parameters()],
        "gradients": [flat(last(p.grad)) for p in module.parameters()],
    }


out = {"convolutions": [], "norms": [], "pools": [], "linears": [], "losses": [], "descents": []}

# samples, channels, height, width, filters, kernel, stride, padding, bias
for n, c, h, w, f, k, s, p, b in [
    (2, 1, 5, 4, 16, 3, 1, 1, True), (2, 3, 6, 7, 5, 3, 2, 1, True),
    (1, 16, 4, 5, 16, 3, 1, 1, False), (1, 2, 7, 6, 16, 5, 2, 2, True),
    (1, 5, 6, 4, 3, 2, 1, 0, False), (2, 4, 3, 3, 48, 1, 1, 0, True),
    (1, 1, 9, 7, 16, 7, 2, 3, False)]:
    case = run(drawn(nn.Conv2d(c, f, k, s, p, bias=b)), draw(n, c, h, w))
    case |= {"filters": f, "kernel": k, "stride": s, "padding": p, "bias": b}
    out["convolutions"].append(case)

for n, c, h, w, relu in [
    (3, 5, 4, 3, False), (2, 17, 3, 2, True), (4, 1, 1, 1, False), (1, 32, 3, 2, True)]:
    norm = drawn(nn.BatchNorm2d(c))
    x = draw(n, c, h, w) * 3 + 7
    # Away from the kink of the ReLU, where float32 and float64 may disagree.
    while n * h * w > 4 and norm(x).abs().min() < 1e-3:
        x = draw(n, c, h, w) * 3 + 7
    norm.reset_running_stats()
    case = run(nn.Sequential(norm, nn.ReLU()) if relu else norm, x)
    norm(x.detach())  # a second training batch, the same one
    case |= {"relu": relu, "mean": flat(norm.running_mean), "variance": flat(norm.running_var)}
    norm.eval()
    z = norm(x.detach())
    case["evaluated"] = flat(last(F.relu(z) if relu else z))
    out["norms"].append(case)

for kind in ["max", "mean"]:
    for n, c, h, w, s in [(2, 3, 3, 5, 2), (1, 17, 3, 6, 3), (1, 16, 2, 4, 2)]:
        pool = nn.MaxPool2d(s) if kind == "max" else nn.AvgPool2d(s)
        x = torch.round(draw(n, c, h, w) * 2)  # with many equal values
        out["pools"].append(run(pool, x) | {"kind": kind, "size": s})

for n, i, o in [(1, 7, 3), (5, 13, 17), (4, 1, 1)]:
    out["linears"].append(run(drawn(nn.Linear(i, o)), draw(n, i)) | {"outputs": o})

for n, k, size in [(3, 2, 1), (5, 17, 4), (4, 33, 30)]:
    z = (draw(n, k) * size).requires_grad_()
    labels = torch.randint(0, k, (n,))
    F.cross_entropy(z, labels).backward()
    out["losses"].append({
        "logits": flat(z), "classes": k, "labels": labels.tolist(), "gradient": flat(z.grad, 9),
        "sum": float(F.cross_entropy(z.detach(), labels, reduction="sum")),
        "correct": int((z.argmax(1) == labels).sum())})

for rate, momentum, decay in [(0.1, 0.9, 1e-2), (0.05, 0.0, 0.0), (0.02, 0.5, 0.3)]:
    p = draw(21).requires_grad_()
    case = {"start": flat(p), "rate": rate, "momentum": momentum, "decay": decay, "gradients": []}
    optimizer = torch.optim.SGD([p], lr=rate, momentum=momentum, weight_decay=decay)
    for _ in range(10):
        p.grad = draw(21)
        case["gradients"].append(flat(p.grad))
        optimizer.step()
    case["end"] = flat(p, 9)
    if momentum > 0:
        case["velocity"] = flat(optimizer.state[p]["momentum_buffer"], 9)
    out["descents"].append(case)

print(json.dumps(out, separators=(",", ":")))
