"""PyTorch's side of encoder-bench's cases, and the comparison of the two.

Made with Python 3.11.7 and torch 2.15.0 (CPU, float32), eager and compiled (torch.compile). torchvision's resnet18
and the vision transformers' block are written out here.

usage: encoders_torch.py step CASE [LAYOUT] [--threads T] [--steps N] [--serve]
       encoders_torch.py layers [--threads T] [--steps N] [--avx2]
       encoders_torch.py compare BENCH [CASE ...] [--threads T ...] [--rounds N] [--steps N] [--json FILE] [--avx2]

step     times training steps (forward, loss, backward, SGD with momentum; of minilm the way forward
         alone, of texts padded to the longest); one JSON line, or with
         --serve one for each line of the input. LAYOUT: first or last, where channels stand in
         memory; resnets and cnn have both; with -compiled behind it, torch.compile.
layers   times the layers of ResNet-18 on images one by one, channels last, each way: a table to set beside
         that of encoder-bench layers resnet-image
compare  starts BENCH (the path of encoder-bench) and PyTorch, eager and compiled, in both layouts where there
         are two, as processes that take turns, A B A B, and prints a table against the fastest. Threads are 1
         unless given; --eager leaves compiled ones out; --avx2 keeps both to what processors without
         AVX-512 have.

CASE: transformer-image, transformer-text, titles-padded, titles-longest, minilm, resnet-image,
      resnet-spectrogram, cnn, mlp, mlp-small
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

MEMORY_GOAL, MEMORY_STRETCH = 0.5, 0.35
CLASSES, VOCABULARY, WORDPIECES = 10, 10_000, 30_522
# The tokens of 32 titles: log-normal, the mean 12.5, as spread as the texts of the stamps set.
TITLES = [
    3, 4, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13, 14, 15, 15, 16, 17, 18, 20, 21, 24, 27, 35]
# The tokens of 32 texts to be trained on: min(256, max(3, int(random.lognormvariate(2.5, 0.5)))) from seed 0.
DRAWN = [
    11, 12, 17, 11, 24, 5, 13, 6, 11, 10, 10, 4, 12, 16, 28, 18, 3, 6, 19, 7, 13, 5, 18, 21, 13, 13,
    13, 8, 16, 11, 12, 15]


class Case:
    """What is promised of a case, if anything, and how many steps a median is taken of."""

    def __init__(self, goal=None, stretch=None, layouts=("first",), steps=3, before=1, learns=True,
                 ours=None):
        self.goal, self.stretch, self.learns = goal, stretch, learns
        self.layouts = (*layouts, *(f"{layout}-compiled" for layout in layouts))
        self.steps, self.before = steps, before
        self.ours = ours  # what encoder-bench calls it, where that is another name


CASES = {
    "transformer-image": Case(1, 1.2),
    "transformer-text": Case(1, 1.2),
    # Padded to 256 with a mask, as the authors of the method do, and to the longest text of the mini-batch.
    "titles-padded": Case(25, 30, ours="transformer-titles"),
    "titles-longest": Case(3.5, 5, steps=5, before=2, ours="transformer-titles"),
    "minilm": Case(3, steps=20, before=3, learns=False),
    "resnet-image": Case(1.7, 2, layouts=("last", "first")),
    "resnet-spectrogram": Case(1.7, 2, layouts=("last", "first")),
    "cnn": Case(2.2, 3, layouts=("last", "first"), steps=50, before=10),
    "mlp": Case(1, 1.2, steps=200, before=20),
    "mlp-small": Case(12, 15, steps=2_000, before=200),
}


def build(case):
    """The encoder of a case, the number of its features, and a batch."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Residual(nn.Module):
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

    def resnet18(channels):
        layers = [nn.Conv2d(channels, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64),
                  nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        before = 64
        for stage in range(4):
            for block in range(2):
                layers.append(Residual(before, 64 << stage, 2 if stage and block == 0 else 1))
                before = 64 << stage
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())

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

    class MaskedBlock(Block):
        def forward(self, x, mask):
            n, t, d = x.shape
            q, k, v = self.qkv(self.norm1(x)).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
            x = x + self.proj(attended.transpose(1, 2).reshape(n, t, d))
            return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))

    class Titles(nn.Module):
        def __init__(self, tokens, width=384, depth=12, heads=6):
            super().__init__()
            self.embedding = nn.Embedding(WORDPIECES, width)
            self.positions = nn.Parameter(torch.zeros(1, tokens, width))
            self.blocks = nn.ModuleList([MaskedBlock(width, heads) for _ in range(depth)])
            self.norm = nn.LayerNorm(width)

        def forward(self, tokens):
            mask = tokens != 0
            x = self.embedding(tokens) + self.positions
            for block in self.blocks:
                x = block(x, mask)
            return (self.norm(x) * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    class PostNormBlock(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
            self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x, mask):
            n, t, d = x.shape
            q, k, v = self.qkv(x).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
            x = self.norm1(x + self.proj(attended.transpose(1, 2).reshape(n, t, d)))
            return self.norm2(x + self.fc2(F.gelu(self.fc1(x))))

    class MiniLM(nn.Module):
        def __init__(self, width=384, depth=6, heads=12):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(WORDPIECES, width), nn.Embedding(512, width)
            self.norm = nn.LayerNorm(width, 1e-12)
            self.blocks = nn.ModuleList([PostNormBlock(width, heads) for _ in range(depth)])

        def forward(self, tokens):
            mask = tokens != 0
            x = self.norm(self.tokens(tokens) + self.positions.weight[:tokens.shape[1]])
            for block in self.blocks:
                x = block(x, mask)
            return (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    def cnn(*channels):
        layers = []
        for before, after in zip(channels, channels[1:]):
            layers += [nn.Conv2d(before, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
                       nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(7 * 7 * channels[-1], 64), nn.ReLU())

    def perceptron(*widths):
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        return nn.Sequential(*layers)

    if case == "transformer-image":
        return Transformer(nn.Conv2d(3, 768, 16, 16), 196), 768, torch.randn(8, 3, 224, 224)
    if case == "transformer-text":
        tokens = torch.randint(1, VOCABULARY, (8, 128))
        return Transformer(nn.Embedding(VOCABULARY, 768), 128), 768, tokens
    if case.startswith("titles"):
        length = 256 if case == "titles-padded" else max(DRAWN)
        tokens = torch.randint(1, WORDPIECES, (len(DRAWN), length))
        return Titles(length), 384, tokens * (torch.arange(length) < torch.tensor(DRAWN)[:, None])
    if case == "minilm":
        tokens = torch.randint(1, WORDPIECES, (len(TITLES), max(TITLES)))
        return MiniLM(), 384, tokens * (torch.arange(max(TITLES)) < torch.tensor(TITLES)[:, None])
    if case == "resnet-image":
        return resnet18(3), 512, torch.randn(16, 3, 224, 224)
    if case == "resnet-spectrogram":
        return resnet18(1), 512, torch.randn(16, 1, 129, 626)
    if case == "cnn":
        return cnn(1, 16, 32), 64, torch.randn(64, 1, 28, 28)
    if case == "mlp":
        return perceptron(300, 512, 512), 512, torch.randn(64, 300)
    return perceptron(74, 64, 64), 64, torch.randn(32, 74)


def sgemm_gflops():
    """The rate of PyTorch's own product of 1,024 x 1,024 matrices, the best of eight."""
    import torch

    a, b, c = (torch.ones(1024, 1024) for _ in range(3))
    times = []
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(a, b, out=c)
        times.append(time.perf_counter() - start)
    return 2e-9 * 1024**3 / min(times)


def step(name, layout, threads, steps, serves):
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    encoder, features, x = build(name)
    net = torch.nn.Sequential(encoder, torch.nn.Linear(features, CLASSES))
    labels = torch.arange(len(x)) % CLASSES
    layout, _, how = layout.partition("-")
    if layout == "last":
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)

    if how:
        encoder, net = torch.compile(encoder), torch.compile(net)

    @torch.inference_mode()
    def look():
        return encoder(x).square().mean()

    def learn():
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    with open("/proc/self/statm") as file:
        first = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    take = learn if CASES[name].learns else look

    def measure():
        clock, processor = [], []
        for _ in range(steps):
            start, processor_start = time.perf_counter(), time.process_time()
            loss = take()
            processor.append(time.process_time() - processor_start)
            clock.append(time.perf_counter() - start)
        assert torch.isfinite(loss), f"the loss is {loss.item()}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({
            "program": f"torch {torch.__version__}", "case": name, "layout": layout + (f"-{how}" if how else ""),
            "median_ms": 1e3 * statistics.median(clock), "fastest_ms": 1e3 * min(clock),
            "processor_ms": 1e3 * statistics.median(processor),
            "peak_mib": peak, "first_mib": first, "sgemm_gflops": sgemm_gflops(),
            "threads": threads, "steps": steps, "loss": loss.item()}), flush=True)

    for _ in range(CASES[name].before):
        take()
    if not serves:
        return measure()
    for _ in sys.stdin:
        measure()


def layers(threads, steps):
    """A table of each layer's time, forward and backward, alone and with warm caches."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)

    def conv(channels, filters, kernel, stride):
        return nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)

    def norm(channels):
        return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())

    stem = nn.Sequential(norm(64), nn.MaxPool2d(3, 2, 1))
    subjects = [("stem, 7x7 / 2", conv(3, 64, 7, 2), 3, 224), ("its norm, ReLU and pooling", stem, 64, 112)]
    for channels, side in ((64, 56), (128, 28), (256, 14), (512, 7)):
        if channels > 64:
            before = channels // 2
            subjects.append((f"3x3 / 2, {before} to {channels}", conv(before, channels, 3, 2), before, 2 * side))
            subjects.append((f"1x1 / 2, {before} to {channels}", conv(before, channels, 1, 2), before, 2 * side))
        subjects.append((f"3x3, {channels} channels", conv(channels, channels, 3, 1), channels, side))
        subjects.append((f"norm and ReLU, {channels} channels", norm(channels), channels, side))
    print("| layer | forward, ms | backward, ms |\n| --- | --- | --- |")
    for name, layer, channels, side in subjects:
        layer = layer.to(memory_format=torch.channels_last)
        x = torch.randn(16, channels, side, side).to(memory_format=torch.channels_last)
        x.requires_grad = channels > 3
        gradient = torch.randn_like(layer(x))
        times = []
        for _ in range(steps):
            start = time.perf_counter()
            y = layer(x)
            middle = time.perf_counter()
            y.backward(gradient)
            times.append((middle - start, time.perf_counter() - middle))
        forward, backward = (1e3 * min(column) for column in zip(*times))
        print(f"| {name} | {forward:.1f} | {backward:.1f} |", flush=True)


def environment_of(is_avx2):
    """What keeps a program to AVX2."""
    return {
        "ANTIPHON_LANES": "avx2", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        # What was compiled for more is not found there.
        "TORCHINDUCTOR_CACHE_DIR": os.path.join(tempfile.gettempdir(), "torchinductor-avx2"),
    } if is_avx2 else {}


class Program:
    """A process that measures when it is told to."""

    # What threads still do after their work: OpenMP's and OpenBLAS's wait a while for more.
    PAUSE = 0.3

    def __init__(self, name, command, threads, is_avx2=False):
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        environment |= environment_of(is_avx2)
        for library in ("OPENBLAS", "OMP", "MKL"):
            environment[f"{library}_NUM_THREADS"] = str(threads)
        self.name, self.results = name, []
        self.process = subprocess.Popen(
            [*command, "--threads", str(threads), "--serve"], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def measure(self):
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the empty answer says so
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare: {self.name} ended without an answer, status {self.process.wait()}")
        self.results.append(json.loads(line))
        time.sleep(self.PAUSE)

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def all(self, key):
        return [result[key] for result in self.results]

    def median(self, key):
        return statistics.median(self.all(key))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(name, bench, threads, rounds, steps, is_eager, is_avx2):
    """Ours and each of PyTorch's layouts, with what they measured in every round."""
    case = CASES[name]
    words = ["--steps", str(steps or case.steps)]
    ours = Program("encoder-bench", [bench, "step", case.ours or name, *words], threads, is_avx2)
    theirs = [
        Program(layout, [sys.executable, __file__, "step", name, layout, *words], threads, is_avx2)
        for layout in case.layouts if not (is_eager and layout.endswith("compiled"))]
    programs = [ours, *theirs]
    try:
        for program in programs:
            program.measure()  # starts, warms up; does not count
            program.results.clear()
        for _ in range(rounds):
            for program in programs:
                idle = [other for other in programs if other is not program]
                before = sum(other.processor_seconds() for other in idle)
                start = time.perf_counter()
                program.measure()
                used = sum(other.processor_seconds() for other in idle) - before
                if used > 0.02 + 0.02 * (time.perf_counter() - start):
                    print(f"compare: {name}: idle programs used {used:.2f} s while"
                          f" {program.name} measured", file=sys.stderr)
    finally:
        for program in programs:
            program.end()
    return ours, theirs


def row(name, threads, ours, theirs):
    """A row of the table: ratios are taken within each round."""
    better = min(theirs, key=lambda program: program.median("median_ms"))
    layout = f" ({better.name})" if len(theirs) > 1 else ""

    def ratios(key):
        return sorted(b / a for a, b in zip(ours.all(key), better.all(key)))

    clock, processor = ratios("median_ms"), ratios("processor_ms")
    # Beyond what each process takes before its first step.
    memory = [
        max(program.all("peak_mib")) - program.results[0]["first_mib"]
        for program in (ours, better)]
    sgemm = max(ours.all("sgemm_gflops")), max(better.all("sgemm_gflops"))
    case = CASES[name]
    # The promises are for one core.
    promised = case.goal and threads == 1
    goal, stretch = (
        f"{number}x" if promised and number else "" for number in (case.goal, case.stretch))
    return [
        name, str(threads), f"{ours.median('median_ms'):.4g}",
        f"{better.median('median_ms'):.4g}{layout}",
        f"**{statistics.median(clock):.2f}x** ({clock[0]:.2f} to {clock[-1]:.2f})",
        f"{statistics.median(processor):.2f}x", f"{memory[0]:.0f} / {memory[1]:.0f}",
        f"{memory[0] / memory[1]:.2f}", f"{sgemm[0]:.0f} / {sgemm[1]:.0f}", goal, stretch]


def compare(bench, names, thread_counts, rounds, steps, is_eager, is_avx2, file):
    header = ["case", "threads", "ours, ms", "PyTorch, ms", "ratio (rounds)", "by processor time",
              "more memory, MiB", "of it", "sgemm, GFLOP/s", "goal", "stretch"]
    raw = []
    for threads in thread_counts:
        for name in names:
            ours, theirs = take_turns(name, bench, threads, rounds, steps, is_eager, is_avx2)
            if not raw:
                first = ours.results[0]
                print(f"{theirs[0].results[0]['program']}, lanes {first['lanes']}, products {first['products']}, load"
                      f" {os.getloadavg()[0]:.1f}, {rounds} rounds; memory: goal"
                      f" {MEMORY_GOAL}, stretch {MEMORY_STRETCH}\n")
                print(f"| {' | '.join(header)} |\n|{' --- |' * len(header)}")
            print(f"| {' | '.join(row(name, threads, ours, theirs))} |", flush=True)
            raw.append({
                "case": name, "threads": threads, "ours": ours.results,
                "torch": {program.name: program.results for program in theirs}})
    if file:
        with open(file, "w") as output:
            json.dump(raw, output, indent=1)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"encoders_torch.py: {message}\n\n{__doc__}", file=sys.stderr)
        sys.exit(64)


def positive(word):
    number = int(word)
    if number < 1:
        raise ValueError
    return number


def main():
    parser = Parser(add_help=False)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--threads", type=positive, nargs="+", default=[1])
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--steps", type=positive)
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--avx2", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_intermixed_args()
    if options.help:
        return print(__doc__)
    verb, *words = options.words or [""]
    if verb == "layers":
        # What these libraries can use is settled when they are loaded.
        os.environ.update(environment_of(options.avx2))
        return layers(options.threads[0], options.steps or 10)
    if verb not in ("step", "compare") or not words:
        parser.error("a command and what it is about are missing")
    names = words[:1] if verb == "step" else words[1:]
    for name in names:
        if name not in CASES:
            parser.error(f"there is no case '{name}'")
    if verb == "compare":
        return compare(
            words[0], names or list(CASES), options.threads, options.rounds, options.steps,
            options.eager, options.avx2, options.json)
    layout = words[1] if len(words) > 1 else CASES[names[0]].layouts[0]
    if layout not in CASES[names[0]].layouts or len(words) > 2 or len(options.threads) > 1:
        parser.error(f"{names[0]} takes one layout of {', '.join(CASES[names[0]].layouts)}"
                     " and one number of threads")
    step(names[0], layout, options.threads[0], options.steps or CASES[names[0]].steps,
         options.serve)


if __name__ == "__main__":
    main()
