"""PyTorch's data-parallel training on one machine, beside replicas of ours: how much faster are two ranks than one?

Made with Python 3.11.7 and torch 2.15.0 (CPU, eager, float32, gloo). ResNet-18 and the vision transformer are
those of encoders_torch.py.

usage: ddp_torch.py step CASE LAYOUT [--steps N]
       ddp_torch.py compare [CASE ...] [--rounds N] [--steps N] [--launch PATH]

step     times training steps of a batch of 16 in all; one JSON line. LAYOUT: one (one process, one thread),
         threads (one process, two threads), ddp (two processes of one thread, 8 samples each), halves (the
         same without an exchange: what the machine allows).
compare  all four by turns, in new processes each time, and (--launch, the path of ./launch) one and two ranks
         of ours. JSON lines, then the ratios.

CASE: resnet18 (16 x 3 x 224 x 224), vit-small (the same pictures)
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import beside_torch as beside

CASES = ("resnet18", "vit-small")
LAYOUTS = ("one", "threads", "ddp", "halves")
BATCH, CLASSES = 16, 10


def network(case):
    """The network with its head; channels last where that is faster."""
    import torch

    import encoders_torch

    if case == "resnet18":
        encoder, features, _ = encoders_torch.build("resnet-image")
        net = torch.nn.Sequential(encoder, torch.nn.Linear(features, CLASSES))
        return net.to(memory_format=torch.channels_last), True
    # As timm's vit_small_patch16_224, with the mean in place of a class token.
    base, _, _ = encoders_torch.build("transformer-image")
    kind = type(base)
    encoder = kind(torch.nn.Conv2d(3, 384, 16, 16), 196, width=384, depth=12, heads=6)
    return torch.nn.Sequential(encoder, torch.nn.Linear(384, CLASSES)), False


def train(case, samples, steps, rank=None, meeting=None):
    """Times steps on so many samples; with a rank, as one of two that exchange gradients."""
    import torch
    from torch.nn import functional as F

    torch.manual_seed(0)
    net, is_last = network(case)
    x = torch.randn(samples, 3, 224, 224)
    if is_last:
        x = x.to(memory_format=torch.channels_last)
    labels = torch.arange(samples) % CLASSES
    if rank is not None:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
        net = torch.nn.parallel.DistributedDataParallel(
            net, broadcast_buffers=False, gradient_as_bucket_view=True)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    times = []
    for number in range(2 + steps):  # DDP makes its buckets anew after the first
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        if number >= 2:
            times.append(time.perf_counter() - start)
    assert torch.isfinite(loss), f"the loss is {loss.item()}"
    if rank is not None:
        torch.distributed.destroy_process_group()
    return {"program": f"torch {torch.__version__}", "case": case, "steps": steps,
            "seconds": statistics.median(times), "loss": loss.item()}


def step(case, layout, steps):
    import torch

    torch.set_num_threads(2 if layout == "threads" else 1)
    if layout in ("one", "threads"):
        return print(json.dumps(train(case, BATCH, steps) | {"layout": layout}))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "half", case, layout, "--steps", str(steps), "--meeting",
                   f"{folder}/meeting"]
        halves = [
            subprocess.Popen([*command, "--rank", str(rank)], text=True, stdout=subprocess.PIPE)
            for rank in range(2)]
        told = [half.communicate()[0] for half in halves]
        if any(half.returncode for half in halves):
            sys.exit("ddp_torch.py: a process of two failed")
    results = [json.loads(text.strip().splitlines()[-1]) for text in told]
    # Both are over when the slower one is.
    slower = max(results, key=lambda result: result["seconds"])
    print(json.dumps(slower | {"layout": layout}))


def write_ours(case, folder):
    """A configuration of ours of the same work, with pictures of noise."""
    import numpy
    import torch

    pictures = 4 * BATCH
    encoders = {
        "resnet18": "{kind: resnet18}",
        "vit-small": "{kind: transformer, input: image, size: small, positions: learned}"}
    values = torch.randn(pictures, 224, 224, 3).numpy()
    labels = (torch.arange(pictures) % CLASSES).numpy()
    for split, count in (("train", pictures), ("test", BATCH)):
        for name, array in (("values", values[:count]), ("labels", labels[:count])):
            numpy.save(f"{folder}/{split}-{name}.npy", array)
    splits = "\n".join(
        f"      {split}: {{values: {split}-values.npy, labels: {split}-labels.npy}}"
        for split in ("train", "test"))
    path = pathlib.Path(folder) / f"{case}.yaml"
    path.write_text(f"""\
classes: {CLASSES}
features: {512 if case == "resnet18" else 384}
batch_size: {BATCH}
method: separate
optimizer: {{lr: 0.001, momentum: 0.9, weight_decay: 1e-4}}
execution: {{threads: 1}}
modalities:
  image:
    data:
      kind: arrays
      standardise: none
{splits}
    encoder: {encoders[case]}
""")
    return str(path)


def compare(cases, rounds, steps, launch):
    print(f"load {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores, {rounds} rounds of"
          f" {steps} steps, batch {BATCH}")
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            programs = {
                layout: (lambda layout=layout: beside.run(
                    [sys.executable, __file__, "step", case, layout, "--steps", str(steps)],
                    threads=2 if layout == "threads" else 1))
                for layout in LAYOUTS}
            if launch:
                path = write_ours(case, folder)
                ranks = "modalities.image.ranks={0}", "modalities.image.shards=2"
                for count in (1, 2):
                    programs[f"ours-{count}"] = lambda count=count: beside.cycle_of_ours(
                        launch, path, [word.format(count) for word in ranks], 2, max(2, steps))
            found = beside.rounds(programs, rounds)
        print(f"{case}: " + ", ".join(f"{name} {beside.milliseconds(found, name)}" for name in programs))
        print(f"  two threads: {beside.ratio(found, 'one', 'threads')[0]} times one")
        print(f"  DDP, two processes: {beside.ratio(found, 'one', 'ddp')[0]}; without an exchange"
              f" {beside.ratio(found, 'one', 'halves')[0]}")
        if launch:
            text, ours = beside.ratio(found, "ours-1", "ours-2")
            theirs = beside.ratio(found, "one", "ddp")[1]
            print(f"  two ranks of ours: {text}; bar: not below DDP's {theirs:.3f}:"
                  f" {'reached' if ours >= theirs else 'MISSED'}")
            bits = {result[name]["weights_sha256"] for result in found for name in ("ours-1", "ours-2")}
            print(f"  weights of ours: {'the same bits' if len(bits) == 1 else 'DIFFERENT BITS'}")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"ddp_torch.py: {message}\n\n{__doc__}", file=sys.stderr)
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
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--steps", type=positive, default=3)
    parser.add_argument("--launch")
    parser.add_argument("--rank", type=int)
    parser.add_argument("--meeting")
    options = parser.parse_intermixed_args()
    if options.help:
        return print(__doc__)
    verb, *words = options.words or [""]
    if verb == "compare":
        for case in words:
            if case not in CASES:
                parser.error(f"there is no case '{case}'")
        return compare(words or CASES, options.rounds, options.steps, options.launch)
    if verb not in ("step", "half") or len(words) != 2:
        parser.error("a command, or what it is about, is missing")
    case, layout = words
    if case not in CASES:
        parser.error(f"there is no case '{case}'")
    if layout not in LAYOUTS:
        parser.error(f"there is no layout '{layout}'")
    if verb == "step":
        return step(case, layout, options.steps)
    import torch

    torch.set_num_threads(1)
    rank = options.rank if layout == "ddp" else None
    print(json.dumps(train(case, BATCH // 2, options.steps, rank, options.meeting)))


if __name__ == "__main__":
    main()
