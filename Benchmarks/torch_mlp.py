"""The cycle of the benchmark `mlp` in PyTorch: three encoders 74/35/300-512-512, batch 64, one head of
6 classes, SGD with momentum, head gradient modification with the matrix P in float32; one process, as
the authors' release trains. Inputs, loss and steps are those of the benchmark; the data are not.

usage: torch_mlp.py THREADS [SECONDS]"""
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads = int(sys.argv[1])
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
torch.set_num_threads(threads)
torch.manual_seed(0)

batch, features, classes = 64, 512, 6
widths = (74, 35, 300)
encoders = [
    nn.Sequential(nn.Linear(width, 512), nn.ReLU(), nn.Linear(512, features), nn.ReLU())
    for width in widths
]
head = nn.Linear(features, classes)
rate, momentum, decay = 1e-3, 0.9, 1e-4
descents = [
    torch.optim.SGD(module.parameters(), lr=rate, momentum=momentum, weight_decay=decay)
    for module in [*encoders, head]
]
inputs = [torch.randn(batch, width) for width in widths]
labels = torch.randint(0, classes, (batch,))
projector = torch.eye(features)


def cycle():
    """One turn of every modality: encoder and head step, the head's gradient projected."""
    global projector
    for encoder, descent, x in zip(encoders, descents, inputs):
        h = encoder(x)
        loss = F.cross_entropy(head(h), labels)
        descent.zero_grad()
        descents[-1].zero_grad()
        loss.backward()
        with torch.no_grad():
            mean = h.mean(0)
            head.weight.grad = head.weight.grad @ projector
            direction = projector @ mean
            projector -= torch.outer(direction, direction) / (0.1 + mean @ direction)
        descents[-1].step()
        descent.step()
    return loss


first = cycle().item()
for _ in range(20):
    cycle()
times, ends = [], time.time() + seconds
while time.time() < ends:
    began = time.perf_counter()
    loss = cycle()
    times.append(time.perf_counter() - began)
assert torch.isfinite(loss) and loss.item() < first, "PyTorch did not learn"
times.sort()
low, high = times[len(times) // 20], times[-len(times) // 20]
print(
    f"  PyTorch {torch.__version__}, {threads} thread(s): cycle"
    f" {statistics.median(times) * 1e3:.2f} ms ({low * 1e3:.2f}-{high * 1e3:.2f})"
)
