"""Golden values of the transformer's layers, of whole small transformers, and of optimizers, from
PyTorch in float64.

Made with Python 3.11.7 and torch 2.15.0 (on the CPU):  python make_transformers.py > transformers.json
Rows are the tokens of all samples without padding. Weights are spelled by a formula, see `spelled`.
"""
import copy
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(20240612)
torch.set_default_dtype(torch.float64)


def flat(t, digits=6):
    # Below 1e-30 is zero: readers refuse numbers that float32 cannot hold.
    values = t.detach().contiguous().flatten().tolist()
    return [float(f"{v:.{digits}g}") if abs(v) > 1e-30 else 0.0 for v in values]


def draw(*shape):
    # Few digits: short, and exact in float32, so that nothing starts with a rounding.
    return torch.round(torch.randn(*shape) * 8) / 8


def spelled(count, seed):
    """Numbers from -0.5 to 0.5 that other languages spell alike, exact in float32."""
    return [((((i + 1) * 2654435761 + seed * 40503) % 2**32) >> 16) / 65536 - 0.5
            for i in range(count)]


def drawn(module):
    for p in module.parameters():
        p.data = draw(*p.shape) / 2
    return module


def record(x, y, parameters):
    dy = draw(*y.shape)
    y.backward(dy)
    return {
        "x": flat(x), "y": flat(y), "dy": flat(dy), "dx": flat(x.grad),
        "shape": list(x.shape), "parameters": [flat(p) for p in parameters],
        "gradients": [flat(p.grad) for p in parameters]}


class Attention(nn.Module):
    """From queries, keys and values side by side; padding is masked out of the keys."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def forward(self, x, mask):
        n, t, w = x.shape
        q, k, v = x.view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        return y.transpose(1, 2).reshape(n, t, w // 3)


class Block(nn.Module):
    def __init__(self, width, heads, hidden, gelu):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.attention, self.gelu = Attention(heads), gelu

    def forward(self, x, mask):
        x = x + self.proj(self.attention(self.qkv(self.norm1(x)), mask))
        hidden = F.gelu(self.fc1(self.norm2(x)), approximate=self.gelu)
        return x + self.fc2(hidden)


def masks(lengths):
    return torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]


def pad(rows, lengths):
    """[rows, width] to [samples, tokens, width]."""
    parts = torch.split(rows, lengths)
    return torch.stack([F.pad(p, (0, 0, 0, max(lengths) - len(p))) for p in parts])


out = {"norms": [], "gelus": [], "attentions": [], "blocks": [], "patches": [], "descents": [],
       "runs": []}

for n, w in [(1, 1), (3, 5), (2, 16), (5, 37)]:
    norm = drawn(nn.LayerNorm(w))
    x = (draw(n, w) * 3 + 7).requires_grad_()
    out["norms"].append(record(x, norm(x), list(norm.parameters())))

for form in ["none", "tanh"]:
    x = torch.cat([draw(3, 21) * 2, torch.linspace(-9, 9, 21)[None]]).requires_grad_()
    case = record(x, F.gelu(x, approximate=form), [])
    out["gelus"].append(case | {"form": "erf" if form == "none" else "tanh"})

for width, heads, lengths in [(4, 1, [1]), (6, 3, [3, 1, 5]), (20, 2, [17, 2])]:
    x = draw(sum(lengths), 3 * width).requires_grad_()
    mask = masks(lengths)
    case = record(x, Attention(heads)(pad(x, lengths), mask)[mask], [])
    out["attentions"].append(case | {"width": width, "heads": heads, "lengths": lengths})

for width, heads, hidden, gelu, lengths in [
    (4, 2, 7, "none", [1]), (6, 2, 24, "tanh", [4, 2, 3]), (18, 3, 20, "none", [5, 1])]:
    block = drawn(Block(width, heads, hidden, gelu))
    x = draw(sum(lengths), width).requires_grad_()
    mask = masks(lengths)
    case = record(x, block(pad(x, lengths), mask)[mask], list(block.parameters()))
    out["blocks"].append(case | {
        "heads": heads, "hidden": hidden, "gelu": "erf" if gelu == "none" else "tanh",
        "lengths": lengths})

for n, h, w, c, ph, pw, width in [(2, 4, 6, 3, 2, 3, 5), (1, 5, 7, 1, 4, 3, 4), (3, 2, 2, 2, 2, 2, 3)]:
    conv = drawn(nn.Conv2d(c, width, (ph, pw), (ph, pw)))
    x = draw(n, h, w, c).requires_grad_()
    padded = F.pad(x, (0, 0, 0, -w % pw, 0, -h % ph))
    y = conv(padded.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2).reshape(-1, width)
    case = record(x, y, list(conv.parameters()))
    for key, p in [("parameters", conv.weight), ("gradients", conv.weight.grad)]:
        case[key][0] = flat(p.permute(0, 2, 3, 1))  # channels last
    out["patches"].append(case | {"patch": [ph, pw], "width": width})


def optimizer(kind, parameters, rate, momentum, nesterov, decay):
    if kind == "sgd":
        return torch.optim.SGD(
            parameters, lr=rate, momentum=momentum, nesterov=nesterov, weight_decay=decay)
    rule = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return rule(parameters, lr=rate, weight_decay=decay, betas=(0.8, 0.95), eps=1e-4)


for kind, rate, nesterov, decay, exempt, clip in [
    ("sgd", 0.1, True, 0.1, False, None), ("sgd", 0.1, False, 0.3, True, 2.0),
    ("adam", 0.05, False, 0.2, False, None), ("adam", 0.05, False, 0.0, False, 1.5),
    ("adamw", 0.05, False, 0.4, True, None), ("adamw", 0.01, False, 0.1, False, 3.0)]:
    matrix, vector = draw(4, 5).requires_grad_(), draw(7).requires_grad_()
    groups = [{"params": [matrix]}, {"params": [vector]} | ({"weight_decay": 0.0} if exempt else {})]
    case = {"kind": kind, "rate": rate, "momentum": 0.9, "nesterov": nesterov, "decay": decay,
            "exempt": exempt, "clip": clip, "start": flat(matrix) + flat(vector), "gradients": []}
    rule = optimizer(kind, groups, rate, 0.9, nesterov, decay)
    for _ in range(10):
        matrix.grad, vector.grad = draw(4, 5), draw(7)
        case["gradients"].append(flat(matrix.grad) + flat(vector.grad))
        if clip:
            nn.utils.clip_grad_norm_([matrix, vector], clip)
        rule.step()
    out["descents"].append(case | {"end": flat(matrix, 9) + flat(vector, 9)})


def sincos(rows, columns, width):
    def axis(places, n):
        angle = places[:, None] / 10000 ** (torch.arange(n) / n)
        return torch.cat([angle.sin(), angle.cos()], 1)
    y, x = torch.meshgrid(torch.arange(rows) * 1.0, torch.arange(columns) * 1.0, indexing="ij")
    return torch.cat([axis(y.flatten(), width // 4), axis(x.flatten(), width // 4)], 1)


class Text(nn.Module):
    """Learned positions, mean pooling, GELU by erf."""

    def __init__(self, vocabulary, length, width, heads, depth):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.zeros(length, width))
        self.blocks = nn.ModuleList(
            [Block(width, heads, 4 * width, "none") for _ in range(depth)])
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        mask = ids != 0
        x = self.tokens(ids) + self.positions
        # A text of padding alone attends to all of it, which its mean then leaves out.
        attended = mask | ~mask.any(1, keepdim=True)
        for block in self.blocks:
            x = block(x, attended)
        sums = (self.norm(x) * mask[:, :, None]).sum(1)
        return sums / mask.sum(1).clamp(min=1)[:, None]


class Image(nn.Module):
    """Fixed positions, class token, GELU by tanh, and a linear map to the features."""

    def __init__(self, shape, patch, width, heads, depth, features):
        super().__init__()
        self.patch = nn.Conv2d(shape[2], width, patch, patch)
        self.token = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(
            [Block(width, heads, 4 * width, "tanh") for _ in range(depth)])
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, features)
        self.places = sincos(shape[0] // patch, shape[1] // patch, width)

    def forward(self, x):
        x = self.patch(x.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2) + self.places.to(x.dtype)
        x = torch.cat([self.token.expand(len(x), 1, -1), x], 1)
        everything = torch.ones(x.shape[:2], dtype=torch.bool)
        for block in self.blocks:
            x = block(x, everything)
        return self.out(self.norm(x)[:, 0])


def train(model, inputs, labels, features):
    """Three steps of descent on the cross-entropy of the features themselves."""
    rule = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-2)
    for _ in range(3):
        rule.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        rule.step()
    return torch.cat([p.detach().double().flatten() for p in model.parameters()])


for kind in ["text", "image"]:
    if kind == "text":
        model, features = Text(11, 9, 12, 3, 2), 12
        inputs = torch.randint(1, 11, (4, 9))
        inputs[1, 4:], inputs[2, 1:], inputs[3] = 0, 0, 0
    else:
        model, features = Image((6, 8, 2), 2, 12, 2, 2, 5), 5
        inputs = draw(3, 6, 8, 2)
    # The order of this project: the embedding's map, its positions, its class token.
    ours = list(model.parameters())
    ours = [ours[1], ours[0]] + ours[2:] if kind == "text" else ours[1:3] + ours[:1] + ours[3:]
    for index, p in enumerate(ours):
        values = torch.tensor(spelled(p.numel(), index))
        if p.dim() == 4:  # channels last
            p.data = values.view(p.shape[0], *p.shape[2:], p.shape[1]).permute(0, 3, 1, 2)
        else:
            p.data = values.view(p.shape)
    labels = torch.arange(len(inputs)) % features
    start = torch.cat([p.detach().flatten() for p in model.parameters()])
    single = copy.deepcopy(model).float()
    exact = train(model, inputs, labels, features)
    rounded = train(single, inputs if kind == "text" else inputs.float(), labels, features)
    ends = [p.permute(0, 2, 3, 1) if p.dim() == 4 else p for p in ours]
    out["runs"].append({
        "kind": kind, "inputs": flat(inputs * 1.0), "count": len(inputs), "features": features,
        "labels": labels.tolist(), "ends": [flat(p, 10) for p in ends],
        "moved": float((exact - start).norm()), "error": float((rounded - exact).norm())})

print(json.dumps(out, separators=(",", ":")))
