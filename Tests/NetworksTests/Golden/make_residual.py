"""Golden values of residual networks, from PyTorch in float64.

Made with Python 3.11.7 and torch 2.15.0 (on the CPU):  python make_residual.py > residual.json
Inputs and parameters are not stored: `drawn` makes them, here and in the tests, exact in float32.
Arrays are in this project's layouts: images [n, H, W, C], convolution weights [out, kh, kw, in].
"""
import json
import math

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
MASK = 0xFFFFFFFF


def drawn(shape, seed):
    """Numbers from -1 to 1, one hash of 32 bits for each place."""
    count = 1
    for axis in shape:
        count *= axis
    h = (torch.arange(count, dtype=torch.int64) * 2654435761 + seed * 97654321) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = ((h ^ (h >> 16)) * 0x45D9F3B) & MASK
    h = h ^ (h >> 16)
    return (((h & 0xFFF).double() - 2047.5) / 2048).reshape(shape)


def first(t):
    """Channels-last to PyTorch's layout."""
    return t.permute(0, 3, 1, 2).contiguous() if t.dim() == 4 else t


def last(t):
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def fill(module, seed):
    """Weights of about He's size, norms near one and zero; the order is this project's."""
    for index, (name, p) in enumerate(module.named_parameters()):
        shape = last(p).shape
        values = first(drawn(shape, seed + index))
        if p.dim() == 1:
            p.data = values / 4 + (1 if name.endswith("weight") else 0)
        else:
            fan = p[0].numel()
            p.data = values * 2.0 ** -round(math.log2(fan / 6) / 2)
        p.data = p.data.to(torch.get_default_dtype())
    return module


def thinned(t, most=300):
    """Up to `most` values at even distances, in this project's order."""
    t = last(t.detach()).reshape(-1)
    step = max(1, -(-t.numel() // most))
    return t[::step]


def flat(t, digits=7):
    return [float(f"{v:.{digits}g}") if abs(v) > 1e-30 else 0.0 for v in thinned(t).tolist()]


class Block(nn.Module):
    """torchvision's BasicBlock."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.down = None
        if stride > 1 or channels != filters:
            self.down = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


def stem(channels, width):
    return [nn.Conv2d(channels, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1)]


class ResNet(nn.Module):
    """torchvision's resnet18 of any width; frames are averaged; then a linear map."""

    def __init__(self, channels, width, blocks, features):
        super().__init__()
        layers, before = stem(channels, width), width
        for stage in range(4):
            for block in range(blocks):
                layers.append(Block(before, width << stage, 2 if stage and block == 0 else 1))
                before = width << stage
        self.body = nn.Sequential(*layers)
        self.linear = nn.Linear(before, features)

    def forward(self, x, frames=1):
        y = self.body(x).mean((2, 3))
        return self.linear(y.reshape(-1, frames, y.shape[1]).mean(1))


def pass_of(module, shape, seed):
    module = fill(module, seed)
    x = first(drawn(shape, seed + 500) * 2).requires_grad_()
    y = module(x)
    y.backward(first(drawn(last(y).shape, seed + 501)))
    norms = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]
    return {
        "shape": list(shape), "seed": seed, "y": flat(y), "dx": flat(x.grad),
        "gradients": [flat(p.grad) for p in module.parameters()],
        "states": [flat(s) for n in norms for s in (n.running_mean, n.running_var)]}


def trained(options, dtype):
    """After three steps: features of a probe in evaluation, the way of every parameter, states."""
    torch.set_default_dtype(dtype)
    net = fill(ResNet(options["channels"], options["width"], options["blocks"], 5), options["seed"])
    start = [p.detach().clone().double() for p in net.parameters()]
    shape = options["shape"]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-3)
    images = [shape[0] * options["frames"]] + shape[1:]
    for step in range(3):
        x = first(drawn(images, options["seed"] + 500 + step) * 2).to(dtype)
        labels = torch.arange(shape[0]) * 3 % 5
        optimizer.zero_grad()
        F.cross_entropy(net(x, options["frames"]), labels).backward()
        optimizer.step()
    net.eval()
    probe = net(first(drawn(images, options["seed"] + 600) * 2).to(dtype), options["frames"])
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    ways = [p.double() - q for p, q in zip(net.parameters(), start)]
    return [probe] + ways + [
        s for n in norms for s in (n.running_mean, n.running_var)]


def distance(found, expected):
    """The root of the mean over arrays of the squared relative error."""
    errors = []
    for a, b in zip(found, expected):
        a, b = thinned(a, 100).double(), thinned(b, 100).double()
        errors.append(((a - b).norm() / b.norm()).item() ** 2)
    return (sum(errors) / len(errors)) ** 0.5


torch.set_default_dtype(torch.float64)
out = {"blocks": [], "stems": [], "pools": [], "networks": []}
for index, (n, h, w, c, f, s) in enumerate([
        (2, 5, 7, 16, 16, 1), (1, 4, 4, 32, 32, 1), (3, 9, 6, 16, 32, 2), (2, 3, 5, 48, 16, 1),
        (2, 5, 5, 3, 3, 1), (1, 6, 5, 5, 7, 2), (2, 13, 10, 16, 16, 1), (5, 1, 1, 16, 32, 2)]):
    case = pass_of(Block(c, f, s), (n, h, w, c), 1000 * (index + 1))
    out["blocks"].append(case | {"filters": f, "stride": s})
for index, (n, h, w, c, f) in enumerate([(2, 13, 10, 3, 16), (1, 9, 17, 1, 5), (3, 4, 3, 2, 32)]):
    case = pass_of(nn.Sequential(*stem(c, f)), (n, h, w, c), 20000 + 1000 * index)
    out["stems"].append(case | {"filters": f})
for index, (n, h, w, c, size, stride, padding) in enumerate([
        (2, 5, 6, 3, 3, 2, 1), (1, 7, 4, 17, 2, 1, 0), (1, 6, 9, 16, 3, 3, 2), (1, 1, 1, 2, 3, 2, 1)]):
    case = pass_of(nn.MaxPool2d(size, stride, padding) if padding <= size // 2 else
                   nn.Sequential(nn.ConstantPad2d(padding, -1e9), nn.MaxPool2d(size, stride)),
                   (n, h, w, c), 30000 + 1000 * index)
    out["pools"].append(case | {"size": size, "stride": stride, "padding": padding})
for options in [
        # Seeds at which no value lies so near a ReLU's kink that float32 takes the other side.
        {"seed": 50000, "shape": [4, 37, 45, 3], "frames": 1, "channels": 3, "width": 16,
         "blocks": 2},
        {"seed": 60000, "shape": [3, 33, 29, 1], "frames": 2, "channels": 1, "width": 8,
         "blocks": 1}]:
    exact = trained(options, torch.float64)
    single = trained(options, torch.float32)
    out["networks"].append(options | {
        "values": [[float(f"{v:.9g}") for v in thinned(t, 100).tolist()] for t in exact],
        "float32Error": distance(single, exact)})
print(json.dumps(out, separators=(",", ":")))
