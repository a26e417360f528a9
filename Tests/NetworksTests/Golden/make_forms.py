"""Golden values of small transformers in the forms that pretrained weights have, from PyTorch's own
encoder layers in float64: the features, and all parameters after one step of descent.

Made with Python 3.11.7 and torch 2.13.0 (on the CPU):  python make_forms.py > forms.json
Weights are spelled by a formula, see `spelled`.
"""
import copy
import functools
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(20261128)
torch.set_default_dtype(torch.float64)


def flat(t, digits):
    return [float(f"{v:.{digits}g}") for v in t.detach().contiguous().flatten().tolist()]


def spelled(count, seed):
    """Numbers from -0.5 to 0.5 that other languages spell alike, exact in float32."""
    return [((((i + 1) * 2654435761 + seed * 40503) % 2**32) >> 16) / 65536 - 0.5
            for i in range(count)]


def columns_first(rows, columns, width):
    def axis(places, n):
        angle = places[:, None] / 10000 ** (torch.arange(n) / n)
        return torch.cat([angle.sin(), angle.cos()], 1)
    y, x = torch.meshgrid(torch.arange(rows) * 1.0, torch.arange(columns) * 1.0, indexing="ij")
    return torch.cat([axis(x.flatten(), width // 4), axis(y.flatten(), width // 4)], 1)


WIDTH, HEADS, HIDDEN, DEPTH = 8, 2, 12, 2
VOCABULARY, LENGTH, PLACES = 7, 6, 9
HEIGHT, BREADTH, CHANNELS, PATCH = 4, 6, 2, 2


class Model(nn.Module):
    def __init__(self, text, norm, eps, gelu, pooling, class_token, class_position, columns,
                 embedding_norm, features):
        super().__init__()
        self.text, self.pooling, self.class_position = text, pooling, class_position
        grid = (HEIGHT // PATCH, BREADTH // PATCH)
        places = PLACES if text else grid[0] * grid[1]
        if text:
            self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        else:
            self.patch = nn.Conv2d(CHANNELS, WIDTH, PATCH, PATCH)
        self.fixed = columns_first(*grid, WIDTH) if columns else None
        self.positions = None if columns else nn.Parameter(torch.zeros(places + class_position, WIDTH))
        self.token = nn.Parameter(torch.zeros(WIDTH)) if class_token else None
        self.embedding_norm = nn.LayerNorm(WIDTH, eps) if embedding_norm else None
        self.blocks = nn.ModuleList([
            nn.TransformerEncoderLayer(
                WIDTH, HEADS, HIDDEN, dropout=0.0, batch_first=True, layer_norm_eps=eps,
                activation=functools.partial(F.gelu, approximate="none" if gelu == "erf" else "tanh"),
                norm_first=norm == "pre")
            for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH, eps) if norm == "pre" else None
        self.out = nn.Linear(WIDTH, features) if features != WIDTH else None

    def forward(self, x):
        if self.text:
            mask = x != 0
            x = self.tokens(x)
        else:
            x = self.patch(x.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)
            mask = torch.ones(x.shape[:2], dtype=torch.bool)
        table = self.positions if self.fixed is None else self.fixed.to(x.dtype)
        x = x + table[self.class_position:][:x.shape[1]]
        if self.token is not None:
            first = self.token + (self.positions[0] if self.class_position else 0)
            x = torch.cat([first.expand(len(x), 1, -1), x], 1)
            mask = F.pad(mask, (1, 0), value=True)
        if self.embedding_norm:
            x = self.embedding_norm(x)
        for block in self.blocks:
            x = block(x, src_key_padding_mask=~mask)
        if self.norm:
            x = self.norm(x)
        if self.pooling == "class":
            x = x[:, 0]
        else:
            if self.token is not None and self.pooling == "mean":
                mask = mask & (torch.arange(mask.shape[1]) > 0)
            x = (x * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        return self.out(x) if self.out else x

    def ours(self):
        """The parameters in this project's order."""
        p = [self.tokens.weight] if self.text else [self.patch.weight, self.patch.bias]
        p += [t for t in (self.positions, self.token) if t is not None]
        p += list(self.embedding_norm.parameters()) if self.embedding_norm else []
        for b in self.blocks:
            a = b.self_attn
            p += [b.norm1.weight, b.norm1.bias, a.in_proj_weight, a.in_proj_bias, a.out_proj.weight,
                  a.out_proj.bias, b.norm2.weight, b.norm2.bias, b.linear1.weight, b.linear1.bias,
                  b.linear2.weight, b.linear2.bias]
        for m in (self.norm, self.out):
            p += list(m.parameters()) if m else []
        return p


def step(model, inputs, labels):
    features = model(inputs)
    F.cross_entropy(features, labels).backward()
    torch.optim.SGD(model.parameters(), lr=0.5, weight_decay=1e-2).step()
    return features


def joined(parameters):
    return torch.cat([p.detach().double().flatten() for p in parameters])


FORMS = {
    # BERT: everything behind the sums.
    "bert": dict(text=True, norm="post", eps=1e-12, gelu="erf", pooling="mean", class_token=False,
                 class_position=0, columns=False, embedding_norm=True, features=WIDTH),
    "bert, first token": dict(
        text=True, norm="post", eps=1e-12, gelu="tanh", pooling="class", class_token=False,
        class_position=0, columns=False, embedding_norm=True, features=5),
    "vit": dict(text=False, norm="pre", eps=1e-6, gelu="erf", pooling="class", class_token=True,
                class_position=1, columns=False, embedding_norm=False, features=5),
    "m3ae": dict(text=False, norm="pre", eps=1e-6, gelu="tanh", pooling="mean_all", class_token=True,
                 class_position=0, columns=True, embedding_norm=False, features=WIDTH),
    # No file is like these: they have what is left.
    "post-norm picture": dict(
        text=False, norm="post", eps=1e-3, gelu="erf", pooling="mean", class_token=True,
        class_position=1, columns=False, embedding_norm=True, features=5),
    "text with a class position": dict(
        text=True, norm="pre", eps=1e-5, gelu="erf", pooling="mean", class_token=True,
        class_position=1, columns=False, embedding_norm=True, features=5),
}

out = []
for name, form in FORMS.items():
    model = Model(**form)
    if form["text"]:
        inputs = torch.randint(1, VOCABULARY, (4, LENGTH))
        inputs[1, 4:], inputs[2, 1:], inputs[3, 5:] = 0, 0, 0
    else:
        inputs = torch.round(torch.randn(3, HEIGHT, BREADTH, CHANNELS) * 8) / 8
    ours = model.ours()
    assert len(ours) == len(list(model.parameters()))
    for index, p in enumerate(ours):
        values = torch.tensor(spelled(p.numel(), index))
        if p.dim() == 4:  # channels last
            p.data = values.view(p.shape[0], *p.shape[2:], p.shape[1]).permute(0, 3, 1, 2)
        else:
            p.data = values.view(p.shape)
    labels = torch.arange(len(inputs)) % form["features"]
    start = joined(ours)
    single = copy.deepcopy(model).float()
    features = step(model, inputs, labels)
    step(single, inputs if form["text"] else inputs.float(), labels)
    ends = [p.permute(0, 2, 3, 1) if p.dim() == 4 else p for p in ours]
    out.append({
        "name": name, "text": form["text"], "norm": form["norm"], "epsilon": form["eps"],
        "gelu": form["gelu"], "pooling": form["pooling"], "class_token": form["class_token"],
        "class_position": bool(form["class_position"]), "columns_first": form["columns"],
        "embedding_norm": form["embedding_norm"], "features": form["features"],
        "inputs": flat(inputs * 1.0, 6), "count": len(inputs), "labels": labels.tolist(),
        "output": flat(features, 9), "ends": [flat(p, 9) for p in ends],
        "moved": float((joined(ours) - start).norm()),
        "error": float((joined(single.ours()) - joined(ours)).norm())})
    assert torch.isfinite(joined(ours)).all()

print(json.dumps(out, separators=(",", ":")))
