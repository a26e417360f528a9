"""PyTorch's time for the training step that EncoderBench times, and the ratio of the two.

Made with Python 3.11.7, torch 2.15.0 (CPU, eager, float32); torchvision's resnet18 written out here.
  python encoders_torch.py step 16x3x224x224 last|first [steps]     one run, one line
  python encoders_torch.py compare PATH_OF_EncoderBench [rounds]    interleaved runs, one table

Every run is a process of one thread. Times are processor time (user and system), which other work
on the machine disturbs less than the clock; a ratio above 1 says how many times faster EncoderBench
is than the better of PyTorch's two memory layouts in the same round.
"""
import os
import resource
import statistics
import subprocess
import sys
import time

SHAPES = ["16x3x224x224", "16x1x129x626"]


def step(shape, layout, steps):
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Block(nn.Module):
        def __init__(self, channels, filters, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(filters)
            self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(filters)
            self.relu = nn.ReLU(inplace=True)
            self.down = None
            if stride > 1 or channels != filters:
                self.down = nn.Sequential(
                    nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

        def forward(self, x):
            y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            return self.relu(y + (x if self.down is None else self.down(x)))

    torch.set_num_threads(1)
    torch.manual_seed(0)
    sides = [int(side) for side in shape.split("x")]
    layers = [nn.Conv2d(sides[1], 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64),
              nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    before = 64
    for stage in range(4):
        for block in range(2):
            layers.append(Block(before, 64 << stage, 2 if stage and block == 0 else 1))
            before = 64 << stage
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 6))
    x, labels = torch.randn(*sides), torch.arange(sides[0]) % 6
    if layout == "last":
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    descent = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    times = []
    for _ in range(steps + 2):
        start = time.process_time()
        descent.zero_grad()
        F.cross_entropy(net(x), labels).backward()
        descent.step()
        times.append(time.process_time() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"torch {shape} {layout} cpu_ms {1e3 * statistics.median(times[2:]):.0f}"
          f" min_ms {1e3 * min(times[2:]):.0f} rss_mib {memory}", flush=True)


def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    line = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    print(f"  {line}  (load {os.getloadavg()[0]:.1f})", flush=True)
    words = line.split()
    return {k: float(words[words.index(k) + 1]) for k in ("cpu_ms", "min_ms", "rss_mib")}


def compare(bench, rounds):
    for shape in SHAPES:
        ratios, least, memory = [], [], []
        for _ in range(rounds):
            ours = run([bench, shape, "4"])
            theirs = [run([sys.executable, __file__, "step", shape, layout, "3"])
                      for layout in ("last", "first")]
            ratios.append(min(t["cpu_ms"] for t in theirs) / ours["cpu_ms"])
            least.append(min(t["min_ms"] for t in theirs) / ours["min_ms"])
            memory.append(ours["rss_mib"] / min(t["rss_mib"] for t in theirs))
        print(f"{shape}: {statistics.median(ratios):.2f}x by medians "
              f"({min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds), "
              f"{statistics.median(least):.2f}x by least times, "
              f"{statistics.median(memory):.2f} of the memory", flush=True)


if sys.argv[1:2] == ["step"]:
    step(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 5)
elif sys.argv[1:2] == ["compare"]:
    compare(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3)
else:
    sys.exit(__doc__)
