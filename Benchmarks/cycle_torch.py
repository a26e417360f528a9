"""A cycle of several modalities in PyTorch, as the authors of MLA train, beside one of ours.

Made with Python 3.11.7 and torch 2.15.0 (CPU, eager, float32). One process: a turn of every modality, one after
the other, with one head; SGD with momentum. ResNet-18 is that of encoders_torch.py.

usage: cycle_torch.py cycle CASE [LAYOUT] [--threads T] [--cycles N]
       cycle_torch.py compare CASE --launch PATH [--rounds N] [--bound S] [--threads T ...]
       [--set KEY=VALUE ...]

cycle    times cycles; one JSON line. LAYOUT: first or last, where channels stand in memory.
compare  PyTorch's layouts and numbers of threads (2 unless given) and a job of ours, by turns, in new processes
         each time. PATH is ./launch; --bound, the seconds that the products of a cycle of features take
         on one core, gives the bar of that case; --set changes our configuration.

CASE: audio-video (ResNet-18 of 1 x 129 x 626 and of 3 frames of 3 x 224 x 224, batch 16, 6 classes)
      features (74, 35 and 300 numbers, MLPs 512-512, batch 64, head gradient modification, 6 classes)
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time

import beside_torch as beside

CLASSES, FEATURES, CORES = 6, 512, 2
WIDTHS = {"strong": 74, "weak": 35, "wide": 300}


class Case:
    """A case: how many samples a mini-batch has, and cycles before and in a measurement."""

    def __init__(self, batch, layouts, before, cycles, projects):
        self.batch, self.layouts, self.projects = batch, layouts, projects
        self.before, self.cycles = before, cycles


CASES = {
    "audio-video": Case(16, ("first", "last"), 1, 3, False),
    "features": Case(64, ("first",), 50, 500, True),
}


def modalities(name):
    """The encoders of a case with a mini-batch each."""
    import torch

    import encoders_torch

    if name == "features":
        encoders = [
            torch.nn.Sequential(
                torch.nn.Linear(width, 512), torch.nn.ReLU(), torch.nn.Linear(512, FEATURES),
                torch.nn.ReLU())
            for width in WIDTHS.values()]
        return encoders, [torch.randn(64, width) for width in WIDTHS.values()]

    class Film(torch.nn.Module):
        """The mean of what an encoder makes of the frames."""

        def __init__(self, encoder):
            super().__init__()
            self.encoder = encoder

        def forward(self, x):
            samples, frames = x.shape[:2]
            pictures = x.flatten(0, 1)
            if self.encoder[0].weight.is_contiguous(memory_format=torch.channels_last):
                pictures = pictures.contiguous(memory_format=torch.channels_last)
            return self.encoder(pictures).view(samples, frames, -1).mean(1)

    audio, _, _ = encoders_torch.build("resnet-spectrogram")
    video, _, _ = encoders_torch.build("resnet-image")
    return [audio, Film(video)], [torch.randn(16, 1, 129, 626), torch.randn(16, 3, 3, 224, 224)]


def cycle(name, layout, threads, cycles):
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    case = CASES[name]
    encoders, inputs = modalities(name)
    if layout == "last":
        encoders = [encoder.to(memory_format=torch.channels_last) for encoder in encoders]
        inputs = [x.to(memory_format=torch.channels_last) if x.dim() == 4 else x for x in inputs]
    head = torch.nn.Linear(FEATURES, CLASSES)
    labels = torch.arange(case.batch) % CLASSES
    steps = [
        torch.optim.SGD(module.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
        for module in [*encoders, head]]
    projector = torch.eye(FEATURES)

    def turn(encoder, step, x):
        features = encoder(x)
        loss = F.cross_entropy(head(features), labels)
        step.zero_grad()
        steps[-1].zero_grad()
        loss.backward()
        if case.projects:
            with torch.no_grad():
                mean = features.mean(0)
                head.weight.grad = head.weight.grad @ projector
                direction = projector @ mean
                projector.sub_(torch.outer(direction, direction) / (0.1 + mean @ direction))
        steps[-1].step()
        step.step()
        return loss

    times = []
    for number in range(case.before + cycles):
        start = time.perf_counter()
        for encoder, step, x in zip(encoders, steps, inputs):
            loss = turn(encoder, step, x)
        if number >= case.before:
            times.append(time.perf_counter() - start)
    assert torch.isfinite(loss), f"the loss is {loss.item()}"
    print(json.dumps({
        "program": f"torch {torch.__version__}", "case": name, "layout": layout, "threads": threads,
        "cycles": cycles, "seconds": statistics.median(times),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "loss": loss.item()}))


def write_ours(name, folder):
    """A configuration of ours of the same work, with samples of noise."""
    import numpy

    case = CASES[name]
    generator = numpy.random.default_rng(0)
    shapes = (
        {modality: (width,) for modality, width in WIDTHS.items()} if name == "features"
        else {"audio": (129, 626, 1), "video": (3, 224, 224, 3)})
    encoders = {"audio": "{kind: resnet18}", "video": "{kind: resnet18, frames: 3}"}
    count = case.batch * (40 if name == "features" else 3)
    text = [f"classes: {CLASSES}", f"features: {FEATURES}", f"batch_size: {case.batch}",
            "optimizer: {lr: 0.001, momentum: 0.9, weight_decay: 1e-4}",
            f"hgm: {{enabled: {'true' if case.projects else 'false'}}}", "modalities:"]
    for modality, shape in shapes.items():
        text += [f"  {modality}:", "    data:", "      kind: arrays", "      standardise: none"]
        for split, samples in (("train", count), ("test", case.batch)):
            values = generator.standard_normal((samples, *shape), dtype=numpy.float32)
            numpy.save(f"{folder}/{modality}-{split}.npy", values)
            numpy.save(f"{folder}/labels-{split}.npy", numpy.arange(samples) % CLASSES)
            text.append(f"      {split}: {{values: {modality}-{split}.npy,"
                        f" labels: labels-{split}.npy}}")
        encoder = encoders.get(modality, "{kind: mlp, hidden: [512], final_relu: true}")
        text.append(f"    encoder: {encoder}")
    path = pathlib.Path(folder) / f"{name}.yaml"
    path.write_text("\n".join(text) + "\n")
    return str(path)


def compare(name, launch, rounds, threads, bound, overrides):
    case = CASES[name]
    print(f"{name}: load {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores, {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        path = write_ours(name, folder)
        programs = {
            f"torch-{layout}-{count}": (lambda layout=layout, count=count: beside.run(
                [sys.executable, __file__, "cycle", name, layout, "--threads", str(count)],
                threads=count))
            for layout in case.layouts for count in threads}
        programs["ours"] = lambda: beside.cycle_of_ours(
            launch, path, overrides, case.before + 1, max(3, case.cycles))
        found = beside.rounds(programs, rounds)
    for program in programs:
        memory = max(result[program]["memory_mib"] for result in found)
        line = f"  {program}: {beside.milliseconds(found, program)}, {memory:.0f} MiB"
        if program != "ours":
            line += f"; ours is {beside.ratio(found, program, 'ours')[0]} times as fast"
        print(line)
    if bound:
        ours = statistics.median(result["ours"]["seconds"] for result in found)
        print(f"  its products take {1e3 * bound / CORES:.3f} ms on {CORES} cores; ours reaches"
              f" {bound / CORES / ours:.2f} of what they allow (bar: 0.85)")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"cycle_torch.py: {message}\n\n{__doc__}", file=sys.stderr)
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
    parser.add_argument("--threads", type=positive, nargs="+", default=[2])
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--cycles", type=positive)
    parser.add_argument("--launch")
    parser.add_argument("--bound", type=float)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    options = parser.parse_intermixed_args()
    if options.help:
        return print(__doc__)
    verb, *words = options.words or [""]
    if verb not in ("cycle", "compare") or not words:
        parser.error("a command and what it is about are missing")
    name = words[0]
    if name not in CASES:
        parser.error(f"there is no case '{name}'")
    if verb == "compare":
        if len(words) > 1 or not options.launch:
            parser.error("compare takes a case and --launch PATH")
        return compare(name, options.launch, options.rounds, options.threads, options.bound,
                       options.overrides)
    layout = words[1] if len(words) > 1 else CASES[name].layouts[0]
    if layout not in CASES[name].layouts or len(words) > 2 or len(options.threads) > 1:
        parser.error(f"{name} takes one layout of {', '.join(CASES[name].layouts)}"
                     " and one number of threads")
    cycle(name, layout, options.threads[0], options.cycles or CASES[name].cycles)


if __name__ == "__main__":
    main()
