"""Event files beside the lines of metrics.jsonl, by TensorBoard's own reader: every number, once, under some tag.

    curves.py METRICS FOLDER …
"""

import json
import sys
from collections import Counter

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def numbers(value):
    """All finite numbers of a JSON value."""
    if isinstance(value, dict):
        return [number for key in value for number in numbers(value[key])]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


lines = [json.loads(line) for line in open(sys.argv[1])]
for folder in sys.argv[2:]:
    events = EventAccumulator(folder, size_guidance={"scalars": 0}).Reload()
    found, values = {line["epoch"]: Counter() for line in lines}, 0
    for tag in events.Tags()["scalars"]:
        scalars = events.Scalars(tag)
        steps = [scalar.step for scalar in scalars]
        assert steps == sorted(set(steps)), f"{tag}: {steps}"
        for scalar in scalars:
            found[scalar.step][np.float32(scalar.value)] += 1
            values += 1
    for line in lines:
        epoch = line.pop("epoch")
        expected = Counter(map(np.float32, numbers(line)))
        assert found[epoch] == expected, f"epoch {epoch}: {found[epoch] - expected} and {expected - found[epoch]}"
        line["epoch"] = epoch
    last, split = lines[-1], lines[-1]["split"]
    for tag, value in {
        "loss/training/vector": last["training"]["vector"]["loss"],
        f"accuracy/{split}/picture": last["modalities"]["picture"]["accuracy"],
        f"accuracy/{split}/fused energy": last["fused"]["energy"]["accuracy"],
        "head/gradient_ratio": last["head"]["gradient_ratio"],
    }.items():
        assert np.float32(events.Scalars(tag)[-1].value) == np.float32(value), tag
    print(f"{len(lines)} epochs, {len(events.Tags()['scalars'])} tags, {values} values, all equal")
