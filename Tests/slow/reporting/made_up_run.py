"""Writes the folder of a run that nobody trained: made_up_run.py FOLDER CLASSES [hostile].

300 epochs of 6 modalities, with every file that a report reads; with `hostile`, names that are markup, steer the
direction of writing or a terminal. Only Python's own library; the same numbers each time.
"""

import csv
import json
import math
import os
import random
import sys

folder, class_count = sys.argv[1], int(sys.argv[2])
names = ["text", "image", "audio", "video", "depth", "touch"]
if sys.argv[3:] == ["hostile"]:
    names = ["<script>alert(1)</script>", "a\u202eb", "x\u001b[2Jy", '"onload="', "<img src=x onerror=alert(1)>", "\u05d0\u05d1"]
epochs, samples = 300, 10_000
random.seed(1)
os.makedirs(folder)


def write(name, value):
    with open(os.path.join(folder, name), "w") as file:
        json.dump(value, file)


def scores(accuracy, loss):
    return {"accuracy": accuracy, "macro_f1": accuracy - 0.02, "balanced_accuracy": accuracy - 0.01, "loss": loss,
            "samples": samples}


def epoch(number):
    learned = 1 - math.exp(-number / 60)
    pairs = range(len(names))
    return {
        "epoch": number, "seconds": 1.2 + random.random() / 10, "samples_per_second": 42_000 + random.random() * 900,
        "training": {name: {"samples": samples, "loss": 2.2 * math.exp(-number / (40 + 12 * place)), "accuracy": learned}
                     for place, name in enumerate(names)},
        "waited_seconds": {name: place / 10 + random.random() / 50 for place, name in enumerate(names)},
        "data_wait": {name: place / 100 for place, name in enumerate(names)},
        "learning_rate": {name: 5e-4 * (1 + math.cos(number / epochs * math.pi)) for name in names + ["head"]},
        "split": "validation",
        "fused": {kind: scores(learned * 0.96, 1.1 - learned) for kind in ("average_logits", "entropy_logits", "energy")},
        "modalities": {name: scores(learned * (0.9 - 0.07 * place) + random.gauss(0, 0.004), 2.2 - 2 * learned)
                       for place, name in enumerate(names)},
        "head": {
            "gradient_ratio": 0.9 * math.exp(-number / 100) + 0.05, "weight_norm": 3 + number / 100,
            "projector_norms": [22 * math.exp(-number / 200) + 8], "skipped_absorptions": 0,
            "interference": {
                "turns": 40, "drift": number / 100,
                "logit_shift": [[random.random() / 50 + (0.1 if a == b else 0) for b in pairs] for a in pairs],
                "gradient_cosine": [[None if a == b else random.random() / 2 - 0.25 for b in pairs] for a in pairs],
            },
        },
    }


def predictor(name, is_fused, accuracy):
    pairs = {}
    for _ in range(samples):
        label = random.randrange(class_count)
        guess = label if random.random() < accuracy else random.randrange(class_count)
        pairs[label, guess] = pairs.get((label, guess), 0) + 1
    counts = [0, 0, 0, 1, 5, 20, 60, 120, 200, 300, 500, 900, 1200, 2000, 4694]
    return {"name": name, "is_fused": is_fused, "confusion": [[*pair, count] for pair, count in sorted(pairs.items())],
            "bins": {"count": counts, "confidence": [count * (bin + 0.5) / 15 for bin, count in enumerate(counts)],
                     "right": [int(count * (bin + 0.2) / 15) for bin, count in enumerate(counts)]}}


with open(os.path.join(folder, "metrics.jsonl"), "w") as file:
    for number in range(1, epochs + 1):
        file.write(json.dumps(epoch(number)) + "\n")

alone = {name: scores(0.9 - 0.07 * place, 0.3 + 0.06 * place) for place, name in enumerate(names)}
write("evaluation.json", {
    "format": 1, "split": "test", "samples": samples, "modalities": names,
    "predictors": [predictor("average_logits", True, 0.95)]
    + [predictor(name, False, alone[name]["accuracy"]) for name in names],
    "weights": [{"name": name, "samples": samples, "median": 0.1 + 0.03 * place, "from": 0, "to": 1,
                 "counts": [int(900 * math.exp(-(((part + 0.5) / 25 - 0.1 - 0.03 * place) / 0.06) ** 2)) for part in range(25)]}
                for place, name in enumerate(names)],
    "presence": [{"modalities": names, "samples": 9_000}, {"modalities": names[:3], "samples": 1_000}]})
write("summary.json", {
    "method": "mla", "seed": 4, "split": "test", "samples": samples, "fusion": "average_logits",
    "fused": {kind: scores(0.95, 0.2) for kind in ("average_logits", "entropy_logits", "energy")}, "modalities": alone,
    "seconds": 412.5, "cycles_per_second": 80.2, "weights_sha256": "ab" * 32,
    "ranks": {str(rank): {
        "role": (["coordinator"] + names)[rank], "host": f"node{rank}", "peak_memory_bytes": (300 + 40 * rank) << 20,
        "skipped": 0, "waiting_seconds": 40 + rank * 9, "waiting_cpu_share": 0.02,
        "phases": {"load": 9, "forward": 80 + 9 * rank, "head": 12, "backward": 150 - 9 * rank,
                   "exchange": 4 if rank == 4 else 0, "waiting": 30 + 9 * rank}} for rank in range(7)}})
write("environment.json", {
    "antiphon": "0.1.0", "system": "Debian", "finished": "2026-11-29T12:00:00Z", "products": "openblas", "mpi": "Open MPI 4.1",
    "command": ["antiphon", "train", "six modalities.yaml"], "blas": {"core": "Cooperlake"}, "cores": 64, "variables": {}})
classes = [f"class {number:03d}" for number in range(class_count)]
with open(os.path.join(folder, "classes.csv"), "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow("predictor,class,support,precision,recall,f1".split(","))
    for name in ["fused (average_logits)"] + names:
        rows.writerows([name, label, samples // class_count, 0.9, 0.91, 0.9] for label in classes)
with open(os.path.join(folder, "configuration.yaml"), "w") as file:
    file.write(f"classes: [{', '.join(classes)}]\nepochs: {epochs}\nseed: 4\nmodalities:\n")
    for name in names:
        file.write(f"  {json.dumps(name)}:\n    data: {{kind: synthetic, component: strong}}\n    encoder: {{kind: mlp}}\n")
