#!/usr/bin/env python3
"""Golden values of robust_pool, from an implementation of its own in float64: NumPy, and SciPy's L-BFGS-B.

    python make_pool_golden.py

A case is logits of validation samples of which some modalities are absent, the norms of their features, the
same of shuffled inputs, and what is fitted to them; then what the pool makes of the samples.

Arrays are little-endian, base64. Made with Python 3.11, NumPy 2 and SciPy 1.
"""
import base64
import itertools
import json
import pathlib

import numpy as np
from scipy.optimize import minimize

HERE = pathlib.Path(__file__).parent
LOW, HIGH, EPS, KAPPA, RIDGE, CAP = 1e-3, 20.0, 0.05, 3.0, 1.0, 100.0
EXACT = dict(ftol=1e-15, gtol=1e-9, maxiter=5000, maxls=60)


def text(array, kind):
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def log_softmax(z):
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def scores(w, logits, present, prior, ratio=None):
    """Log-probabilities [n, K], each modality's log softmax, and its soundness."""
    q = log_softmax(w[:, None, None] * logits)
    sound = np.log1p(-EPS) + q - np.log(prior)
    spoilt = np.log(EPS) + (np.zeros(logits.shape[:2]) if ratio is None else np.log(ratio))
    vote = np.logaddexp(sound, spoilt[..., None])
    total = log_softmax(np.log(prior) + (present.T[..., None] * vote).sum(0))
    return total, q, np.exp(sound - vote)


def predict(model, logits, present, norms):
    total, q, _ = scores(
        model["w"], logits, present, model["prior"], ratios(model["detectors"], logits, norms))
    for m in range(len(logits)):
        lone = (present.sum(1) == 1) & present[:, m]
        total[lone] = q[m][lone]
    total[~present.any(1)] = 0
    return total


def targets(labels, classes):
    d = 1 / (len(labels) + 2)
    t = np.full((len(labels), classes), d / classes)
    t[np.arange(len(labels)), labels] += 1 - d
    return t


def subsets(present):
    modalities = present.shape[1]
    if modalities == 1:
        return [(present, 1.0)]
    assert modalities <= 4, "more draw at random"
    every = range(modalities)
    chosen = [
        np.isin(np.arange(modalities), c)[None] & present
        for k in range(1, modalities) for c in itertools.combinations(every, k)]
    return [(present, 0.5)] + [(c, 0.5 / len(chosen)) for c in chosen]


def objective(w, logits, masks, wanted, prior):
    value, gradient = 0.0, np.zeros(len(w))
    for mask, share in masks:
        total, q, sound = scores(w, logits, mask, prior)
        has = mask.any(1)[:, None]
        value -= share * (has * wanted * total).sum()
        rise = logits - (np.exp(q) * logits).sum(-1, keepdims=True)
        error = has * (np.exp(total) - wanted)
        gradient += share * (mask.T[..., None] * error * sound * rise).sum((1, 2))
    return value, gradient


def least(function, start, bounds):
    found = minimize(function, start, jac=True, method="L-BFGS-B", bounds=bounds, options=EXACT)
    return found.x


def fit(logits, present, labels, prior, norms, shuffled, shuffled_norms):
    modalities, _, classes = logits.shape
    wanted = targets(labels, classes)
    temperatures = np.ones(modalities)
    for m in range(modalities):
        own, goal = logits[m][present[:, m]], wanted[present[:, m]]

        def alone(v):
            q = log_softmax(v[0] * own)
            mean = (np.exp(q) * own).sum(-1, keepdims=True)
            return -(goal * q).sum(), np.array([-(goal * (own - mean)).sum()])

        temperatures[m] = least(alone, [1.0], [(LOW, HIGH)])[0]
    masks = subsets(present)

    def along(v):
        value, gradient = objective(v[0] * temperatures, logits, masks, wanted, prior)
        return value, np.array([gradient @ temperatures])

    scale = least(along, [1.0], [(LOW, 5)])[0]
    start = scale * temperatures
    size = (start ** 2).mean()

    def held(w):
        value, gradient = objective(w, logits, masks, wanted, prior)
        return (
            value + KAPPA / 2 * ((w - start) ** 2).sum() / size, gradient + KAPPA * (w - start) / size)

    w = least(held, start, [(LOW, HIGH)] * modalities)
    detectors = [
        detector(logits[m][p], norms[m][p], shuffled[m][p], shuffled_norms[m][p])
        for m, p in enumerate(present.T)]
    return dict(w=w, prior=prior, detectors=detectors, temperatures=temperatures, scale=scale)


def numbers(z, norms):
    q = log_softmax(z)
    entropy = -(np.exp(q) * q).sum(-1) / np.log(z.shape[-1])
    largest = z.max(-1)
    total = largest + np.log(np.exp(z - largest[..., None]).sum(-1))
    return np.stack([entropy, total, np.log(norms + 1e-3)], -1)


def detector(z, norms, shuffled, shuffled_norms):
    clean, spoilt = numbers(z, norms), numbers(shuffled, shuffled_norms)
    mean, deviation = clean.mean(0), clean.std(0) + 1e-3
    x = np.clip((np.concatenate([clean, spoilt]) - mean) / deviation, -6, 6)
    x = np.c_[x, np.ones(len(x))]
    goal = np.r_[np.zeros(len(clean)), np.ones(len(spoilt))]
    ridge = RIDGE * np.array([1, 1, 1, 0.0])

    def loss(v):
        s = x @ v
        return (
            np.logaddexp(0, s).sum() - goal @ s + (ridge * v * v).sum() / 2,
            x.T @ (1 / (1 + np.exp(-s)) - goal) + ridge * v)

    return mean, deviation, least(loss, np.zeros(4), None)


def ratios(detectors, logits, norms):
    found = []
    for m, (mean, deviation, v) in enumerate(detectors):
        x = np.clip((numbers(logits[m], norms[m]) - mean) / deviation, -6, 6)
        found.append(np.exp(np.clip(x @ v[:3] + v[3], 0, np.log(CAP))))
    return np.stack(found)


def case(name, classes, strengths, count, missing, seed):
    """Modalities that know the label so well, some of which are spoilt now and then."""
    rng = np.random.default_rng(seed)
    modalities = len(strengths)
    labels = rng.integers(0, classes, count)
    logits = rng.normal(0, 1, (modalities, count, classes))
    for m, strength in enumerate(strengths):
        shown = np.where(rng.random(count) < 0.1, rng.integers(0, classes, count), labels)
        logits[m][np.arange(count), shown] += strength
        logits[m] *= 1 + m
    logits = logits.astype("<f4").astype(float)
    shuffled = (0.3 * rng.normal(0, 1, logits.shape)).astype("<f4").astype(float)
    norms = np.exp(rng.normal(1, 0.2, (modalities, count)))
    shuffled_norms = np.exp(rng.normal(0.4, 0.3, (modalities, count)))
    present = rng.random((count, modalities)) >= missing
    train = rng.integers(0, classes, 200) % max(2, classes - 1)
    prior = (np.bincount(train, minlength=classes) + 1) / (len(train) + classes)
    model = fit(logits, present, labels, prior, norms, shuffled, shuffled_norms)
    total = predict(model, logits, present, norms)
    masks = subsets(present)
    point = np.linspace(0.5, 1.5, modalities)
    value, _ = objective(point, logits, masks, targets(labels, classes), prior)
    golden = dict(
        classes=classes, present=present.T.astype(int).tolist(), labels=labels.tolist(),
        train=train.tolist(), logits=text(logits, "<f4"), norms=text(norms, "<f8"),
        shuffledLogits=text(shuffled, "<f4"), shuffledNorms=text(shuffled_norms, "<f8"),
        prior=text(prior, "<f8"), temperatures=text(model["temperatures"], "<f8"),
        scale=model["scale"], weights=text(model["w"], "<f8"),
        detectors=[
            dict(means=text(mean, "<f8"), deviations=text(deviation, "<f8"), coefficients=text(v, "<f8"))
            for mean, deviation, v in model["detectors"]],
        scores=text(total, "<f8"), point=text(point, "<f8"), value=value)
    (HERE / f"pool-{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


case("two", 6, [2.5, 1.5], 70, 0.2, 1)
case("three", 3, [1.5, 2.0, 0.2], 60, 0.3, 2)
case("four", 2, [1.0, 1.5, 0.0, 0.8], 45, 0.4, 3)
case("one", 4, [1.5], 40, 0.1, 4)
