"""PyTorch's side of the encoder benchmark: one full training step (forward, loss, backward, SGD with
momentum) of one encoder, eager mode, float32.

Made with Python 3.11.7 and torch 2.15.0 (CPU).
usage: transformer_baseline.py CASE [--threads N] [--steps S] [--warm-up W]
CASE: image (base, 3 x 224 x 224, batch 8) | text (base, 128 tokens, batch 8)
      | mlp (300-512-512, batch 64) | small-mlp (74-64-64, batch 32)
Prints one JSON line: seconds a step (median), the fastest, processor time (median), and the process's peak memory in MiB.
With --serve it runs one measurement for every line it reads, so that two programs can take turns.
"""
import argparse
import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("case", choices=["image", "text", "mlp", "small-mlp"])
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--warm-up", type=int, default=1)
parser.add_argument("--serve", action="store_true")
arguments = parser.parse_args()
torch.set_num_threads(arguments.threads)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, d)
        x = x + self.proj(attended)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, embedding, tokens, width=768, depth=12, heads=12):
        super().__init__()
        self.embedding = embedding
        self.positions = nn.Parameter(torch.zeros(1, tokens, width))
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        x = self.embedding(x)
        if x.dim() == 4:
            x = x.flatten(2).transpose(1, 2)
        return self.norm(self.blocks(x + self.positions)).mean(1)


def perceptron(*widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers)


if arguments.case == "image":
    encoder, width, batch = Transformer(nn.Conv2d(3, 768, 16, 16), 196), 768, 8
    x = torch.randn(batch, 3, 224, 224)
elif arguments.case == "text":
    encoder, width, batch = Transformer(nn.Embedding(10_000, 768), 128), 768, 8
    x = torch.randint(1, 10_000, (batch, 128))
elif arguments.case == "mlp":
    encoder, width, batch = perceptron(300, 512, 512), 512, 64
    x = torch.randn(batch, 300)
else:
    encoder, width, batch = perceptron(74, 64, 64), 64, 32
    x = torch.randn(batch, 74)

head = nn.Linear(width, 10)
labels = torch.randint(0, 10, (batch,))
optimizer = torch.optim.SGD(
    [*encoder.parameters(), *head.parameters()], lr=1e-3, momentum=0.9, weight_decay=1e-4)


def step():
    optimizer.zero_grad()
    F.cross_entropy(head(encoder(x)), labels).backward()
    optimizer.step()


def measure():
    times, cpu = [], []
    for _ in range(arguments.steps):
        start, cpu_start = time.perf_counter(), time.process_time()
        step()
        times.append(time.perf_counter() - start)
        cpu.append(time.process_time() - cpu_start)
    print(json.dumps({
        "case": arguments.case, "median": statistics.median(times), "fastest": min(times),
        "cpu": statistics.median(cpu),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)


for _ in range(arguments.warm_up):
    step()
if arguments.serve:
    for _ in sys.stdin:
        measure()
else:
    measure()
