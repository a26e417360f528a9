"""What exports predict beside what the program predicts: PyTorch by model.py and by the libraries whose names the
files have, onnxruntime by the graphs, each 1e-4 relative to the largest number.

    check.py PROGRAM DATA RUNS      RUNS has a folder of a finished run for each of data.py's configurations
"""

import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import data
import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import load_file

BAR = 1e-4
worst = {}


def close(what, found, expected):
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    assert found.shape == expected.shape, f"{what}: {found.shape}, expected {expected.shape}"
    assert np.isfinite(found).all(), f"{what}: not finite"
    error = np.abs(found - expected).max(initial=0) / max(np.abs(expected).max(initial=0), 1e-30)
    kind = what.split(":")[0]
    worst[kind] = max(worst.get(kind, 0), error)
    assert error <= BAR, f"{what}: {error:.2e} relative"


class Run:
    """A finished run: its test samples, and what the program says of them."""

    def __init__(self, program, folder, run, names, fusion=None):
        self.names, self.run = names, run
        table = Path(run, "table.csv")
        subprocess.run([program, "evaluate", run, "--one-process", "--csv", table]
                       + (["--fusion", fusion] if fusion else []), check=True, stdout=subprocess.DEVNULL)
        with open(table) as file:
            self.rows = list(csv.DictReader(file))
        places = {row["id"]: place for place, row in enumerate(self.rows)}
        kept = load_file(Path(run, "logits.safetensors"))
        self.scores = kept.get("test.own.scores")
        self.samples, self.present, self.logits = {}, {}, {}
        for name in names:
            values = np.load(folder / f"test-{name}.npy")
            whole = np.zeros((len(self.rows), *values.shape[1:]), np.float32)
            with open(folder / f"test-{name}.csv") as file:
                for row in csv.DictReader(file):
                    if row["id"] in places:
                        whole[places[row["id"]]] = values[int(row["index"])]
            if data.MODALITIES[name][0] is None:
                whole = whole.astype(np.int64)
            self.samples[name] = whole
            self.present[name] = np.array([row[f"{name}.present"] == "1" for row in self.rows])
            self.logits[name] = kept[f"test.{name}.logits"].numpy()
            assert (kept[f"test.{name}.present"].numpy() == self.present[name]).all()

    def compare(self, kind, logits, probabilities, prediction, weights, has_logits=True):
        for name in self.names if has_logits else ():
            there = self.present[name]
            close(f"{kind} logits: {self.run} {name}", logits[name][there], self.logits[name][there])
        classes = data.CLASSES + [""]
        expected = [classes.index(row["prediction"]) for row in self.rows]
        expected = [-1 if number == len(data.CLASSES) else number for number in expected]
        assert list(prediction) == expected, f"{kind}: {self.run}: predictions"
        seen = [place for place, number in enumerate(expected) if number >= 0]
        close(f"{kind} probabilities: {self.run}", [probabilities[place, expected[place]] for place in seen],
              [float(self.rows[place]["probability"]) for place in seen])
        for m, name in enumerate(self.names):
            there = [p for p in seen if self.present[name][p]]
            close(f"{kind} weights: {self.run} {name}", weights[there, m],
                  [float(self.rows[p][f"{name}.weight"]) for p in there])


def export(program, run, format, fusion):
    output = f"{run}-{format}-{fusion or 'own'}"
    subprocess.run([program, "export", run, "--to", format, "--output", output]
                   + (["--fusion", fusion] if fusion else []), check=True, stdout=subprocess.DEVNULL)
    return Path(output)


def check_torch(run, folder, has_logits):
    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    with torch.no_grad():
        output = model({name: torch.tensor(values) for name, values in run.samples.items()},
                       {name: torch.tensor(there) for name, there in run.present.items()})
    run.compare("torch", {name: value.numpy() for name, value in output.logits.items()},
                output.probabilities.numpy(), output.prediction.numpy(), output.weights.numpy(), has_logits)
    return model


def check_onnx(run, folder, has_logits):
    for path in folder.glob("*.onnx"):
        onnx.checker.check_model(onnx.load(path), full_check=True)
    inputs, logits = {}, {}
    for name, values in run.samples.items():
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
        features, logits[name] = session.run(["features", "logits"], {"samples": values})
        inputs.update({f"{name}.logits": logits[name], f"{name}.present": run.present[name],
                       f"{name}.features": features})
        # Any number of samples, the least included.
        one = session.run(["logits"], {"samples": values[:1]})[0]
        close(f"onnx alone: {name}", one, logits[name][:1])
        assert json.loads(session.get_modelmeta().custom_metadata_map["classes"]) == data.CLASSES
    session = onnxruntime.InferenceSession(folder / "fusion.onnx", providers=["CPUExecutionProvider"])
    asked = {node.name for node in session.get_inputs()}
    probabilities, prediction, weights = session.run(
        ["probabilities", "prediction", "weights"], {k: v for k, v in inputs.items() if k in asked})
    close(f"onnx sums: {run.run}", probabilities.sum(1)[prediction >= 0], np.ones((prediction >= 0).sum()))
    run.compare("onnx", logits, probabilities, prediction, weights, has_logits)


def import_torchvision():
    """torchvision, whose compiled operators, none of a ResNet's, may be built for another torch than this one."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        operators = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import_torchvision.kept = operators
        return importlib.import_module("torchvision")


def check_libraries(run, folder, model):
    """Files in the classes of the libraries whose names they have, with strict=True."""
    torchvision = import_torchvision()
    import timm
    from transformers import BertModel

    bodies = {name: modality.body for name, modality in zip(run.names, model.modalities)}
    pictures = lambda name: torch.tensor(run.samples[name]).movedim(-1, 1)
    vit = timm.models.VisionTransformer
    others = {
        "photo": torchvision.models.resnet18(num_classes=10),
        "timm": vit(img_size=16, patch_size=4, embed_dim=16, depth=2, num_heads=4, num_classes=10),
        "patches": vit(img_size=(13, 18), patch_size=(4, 6), embed_dim=16, depth=2, num_heads=2, num_classes=10,
                       class_token=False, global_pool="avg", fc_norm=False, dynamic_img_pad=True,
                       norm_layer=lambda width, **_: torch.nn.LayerNorm(width, 1e-5)),
        "sound": vit(img_size=(16, 21), patch_size=(8, 4), in_chans=1, embed_dim=16, depth=2, num_heads=2,
                     num_classes=10, class_token=False, global_pool="avg", fc_norm=False, dynamic_img_pad=True,
                     norm_layer=lambda width, **_: torch.nn.LayerNorm(width, 1e-5)),
    }
    for name, other in others.items():
        if name == "photo" or name == "timm":
            other.load_state_dict(load_file(folder / name / "model.safetensors"), strict=True)
        else:
            state = load_file(folder / name / "model.safetensors")
            # timm counts the places of pictures without their padding.
            other.pos_embed = torch.nn.Parameter(torch.zeros_like(state["pos_embed"]))
            other.load_state_dict(state, strict=True)
        with torch.no_grad():
            close(f"libraries: {name}", other.eval()(pictures(name)), bodies[name].eval()(pictures(name)))
    bert, loading = BertModel.from_pretrained(folder / "bert", add_pooling_layer=False, output_loading_info=True)
    assert not loading["missing_keys"] and not loading["unexpected_keys"], loading
    tokens = torch.tensor(run.samples["bert"])
    tokens = tokens[(tokens != 0).any(1) & (tokens[:, 0] != 0)]
    with torch.no_grad():
        states = bert(tokens, attention_mask=(tokens != 0).long()).last_hidden_state
        close("libraries: bert", states[:, 0], bodies["bert"](tokens))
    for name in ("vector", "picture", "grey"):
        bodies[name].load_state_dict(load_file(folder / name / "model.safetensors"), strict=True)
        assert isinstance(bodies[name], torch.nn.Sequential)


def main():
    program, folder, runs = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    fusions = {"all": [None, "energy", "average_probs", "entropy_logits"], "uniform": [None, "entropy_logits"],
               "concat": [None, "average_logits"]}
    for name, (names, _) in data.RUNS.items():
        for fusion in fusions.get(name, [None]):
            run = Run(program, folder, str(runs / name), names, fusion)
            has_logits = not (name == "uniform" and fusion is None)
            if name in ("concat", "uniform") and fusion:
                # The table is of the model's own prediction whatever is named; the logits are compared.
                own = export(program, run.run, "torch", fusion)
                run.compare = lambda kind, logits, *rest: [
                    close(f"{kind} logits: {run.run} {m}", logits[m][run.present[m]],
                          run.logits[m][run.present[m]]) for m in run.names]
                check_torch(run, own, True)
                check_onnx(run, export(program, run.run, "onnx", fusion), True)
                continue
            files = export(program, run.run, "torch", fusion)
            model = check_torch(run, files, has_logits)
            check_onnx(run, export(program, run.run, "onnx", fusion), has_logits)
            if name == "all" and fusion is None:
                check_libraries(run, files, model)
    for kind, error in sorted(worst.items()):
        print(f"{kind}: at most {error:.1e} relative")


main()
