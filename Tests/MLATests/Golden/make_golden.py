#!/usr/bin/env python3
"""Golden values of head gradient modification and of fusion, from the float64 reference implementation.

    python make_golden.py ORACLE_FOLDER        # the folder with mla_oracle.py and cases/*.npz

Every case is run again with the reference's head gradient modification replaced by one that writes down
what it is given. Its inputs are then rounded to float32 where a trainer has float32 (gradients and
logits) and given to the reference once more, so that the values expected are exact for the inputs
stored. Mean features, norms and P are float64. Gradients are kept for every third active step.

Arrays are little-endian, base64. Made with Python 3.11 and NumPy 2.
"""
import base64
import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
HGM_CASES = ["c02", "c03", "c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11"]
FUSION_CASES = ["c06", "c10", "c11"]
GRADIENT_EVERY = 3


def text(array, kind):
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def recorded(oracle, cfg, arrays):
    """Runs a case; what head gradient modification was given, call by call."""
    calls = []
    plain = oracle.HeadGradientModification

    class Recorder(plain):
        def absorb(self, m, hbar, batch, n_batches):
            calls.append(("absorb", m, hbar.copy()))
            super().absorb(m, hbar, batch, n_batches)

        def apply(self, m, gW, gb):
            calls.append(("apply", m, gW.astype("<f4"), gb.astype("<f4")))
            return super().apply(m, gW, gb)

    oracle.HeadGradientModification = Recorder
    oracle.run(cfg, arrays)
    oracle.HeadGradientModification = plain
    return calls


def hgm_golden(oracle, name, cfg, a):
    options = oracle.with_defaults(oracle.HGM_DEFAULTS, cfg["hgm"])
    calls = recorded(oracle, cfg, a)
    width, modalities = oracle.encoder_out(cfg["modalities"][0]), len(cfg["modalities"])
    hgm = oracle.HeadGradientModification(width, modalities, options)
    steps, norms, features = [], [], []
    gradients = {"weight": [], "bias": [], "projectedWeight": [], "projectedBias": []}
    offset, t, call, cycle, epoch = a["step.offset"], 0, 0, None, None
    for i in range(len(a["step.modality"])):
        if a["step.cycle"][i] != cycle and options["reset"] == "cycle":
            hgm.reset()
        if a["step.epoch"][i] != epoch and options["reset"] == "epoch":
            hgm.reset()
        cycle, epoch = a["step.cycle"][i], a["step.epoch"][i]
        m, batch, batches = (int(a["step." + k][i]) for k in ("modality", "batch", "n_batches"))
        is_empty = bool(offset[i] == offset[i + 1])
        keeps = False
        if not is_empty and not (options["first_step"] == "plain" and t == 0):
            for _ in range(2):
                what, *given = calls[call]
                call += 1
                assert given[0] == m
                if what == "absorb":
                    features.append(given[1])
                    hgm.absorb(m, given[1], batch, batches)
                else:
                    keeps = t % GRADIENT_EVERY == 0
                    if keeps:
                        used = hgm.apply(m, *(g.astype("<f8") for g in given[1:]))
                        for key, value in zip(gradients, (*given[1:], *used)):
                            gradients[key].append(value)
        t += 0 if is_empty else 1
        steps.append([int(epoch), int(cycle), batch, batches, m, int(is_empty), int(keeps)])
        norms.append([np.sqrt((P * P).sum()) for P in hgm.P])
    assert call == len(calls)
    np.testing.assert_allclose(np.array(norms), a["out.norm_P"], rtol=1e-12)
    np.testing.assert_allclose(np.stack(hgm.P), a["out.final.P"], rtol=1e-10, atol=1e-13)
    assert hgm.skipped == int(a["out.skipped_absorptions"])
    return {
        "name": name,
        "options": {k: v for k, v in options.items()},
        "features": width, "classes": cfg["classes"], "modalities": modalities,
        "steps": steps,
        "meanFeatures": text(features, "<f8"),
        **{k: text(v, "<f4") for k, v in gradients.items()},
        "norms": text(norms, "<f8"),
        "finalP": text(hgm.P, "<f8"),
        "skippedAbsorptions": hgm.skipped,
    }


def fusion_golden(oracle, name, cfg, a):
    logits = [z.astype("<f4") for z in a["out.test.logits"]]
    present = np.asarray(a["present_t"], bool)
    fixed = cfg.get("fusion", {}).get("fixed_weights", [1.0 / len(logits)] * len(logits))
    batch = cfg.get("fusion", {}).get("batch", 64)
    kinds = []
    for kind in oracle.FUSIONS:
        weights, fused, pred = oracle.fuse([z.astype("<f8") for z in logits], kind, present, fixed, batch)
        kinds.append({"kind": kind, "weights": text(weights, "<f8"), "fused": text(fused, "<f8"),
                      "predictions": pred.tolist()})
    entropies = [oracle.entropy(z.astype("<f8")) for z in logits]
    return {"name": name, "classes": cfg["classes"], "batch": batch, "fixedWeights": fixed,
            "present": present.T.astype(int).tolist(), "logits": text(logits, "<f4"),
            "entropies": text(entropies, "<f8"), "kinds": kinds}


def main():
    folder = pathlib.Path(sys.argv[1])
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    import mla_oracle as oracle

    def cases(names):
        for name in names:
            path = next((folder / "cases").glob(name + "_*.npz"))
            yield (path.stem, *oracle.load(str(path)))

    for stem, cfg, a in cases(HGM_CASES):
        (HERE / ("hgm-%s.json" % stem[:3])).write_text(json.dumps(hgm_golden(oracle, stem, cfg, a)) + "\n")
    for stem, cfg, a in cases(FUSION_CASES):
        (HERE / ("fusion-%s.json" % stem[:3])).write_text(
            json.dumps(fusion_golden(oracle, stem, cfg, a)) + "\n")


if __name__ == "__main__":
    main()
