#!/usr/bin/env python3
"""Golden values of the room Statistics, from SciPy and NumPy.

    python make_golden.py > statistics.json

Calibration, temperature and contributions are written down here as their definitions say, by other ways than the
room's: bins by numpy.digitize, the temperature by scipy.optimize, contributions by going through all orders of
coming. Made with Python 3.11, NumPy 2, SciPy 1.
"""
import itertools
import json
import math

import numpy as np
from scipy import optimize, special, stats

rng = np.random.default_rng(7)


def sign_flips():
    cases = []
    for n in [6, 8, 11]:
        differences = np.round(rng.normal(0.3, 0.6, n), 3)
        found = stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
        )
        cases.append({"differences": differences.tolist(), "p": float(found.pvalue)})
    return cases


def mcnemar():
    cases = []
    for b, c in [(3, 12), (300, 240), (1, 0), (2000, 2100)]:
        cases.append({"onlyFirst": b, "onlySecond": c, "p": float(stats.binomtest(min(b, c), b + c, 0.5).pvalue)})
    return cases


def holm():
    ps = [0.012, 0.2, 0.003, 0.04, 0.04, 0.7]
    order = np.argsort(ps, kind="stable")
    corrected = np.empty(len(ps))
    running = 0.0
    for rank, place in enumerate(order):
        running = max(running, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = running
    return {"ps": ps, "corrected": corrected.tolist()}


def calibration():
    n, k = 400, 5
    scores = rng.normal(0, 2.5, (n, k))
    labels = np.array([rng.choice(k, p=special.softmax(row / 1.7)) for row in scores])

    def numbers(temperature):
        p = special.softmax(scores / temperature, axis=1)
        confidence, prediction = p.max(1), p.argmax(1)
        bins = np.digitize(confidence, np.arange(1, 15) / 15, right=True)
        ece = sum(
            (bins == b).mean() * abs((prediction == labels)[bins == b].mean() - confidence[bins == b].mean())
            for b in range(15)
            if (bins == b).any()
        )
        nll = -np.log(np.maximum(1e-12, p[np.arange(n), labels])).mean()
        brier = ((p - np.eye(k)[labels]) ** 2).sum(1).mean()
        return [float(ece), float(nll), float(brier)]

    def nll(logarithm):
        p = special.log_softmax(scores / math.exp(logarithm), axis=1)
        return -p[np.arange(n), labels].mean()

    temperature = math.exp(optimize.minimize_scalar(nll, bracket=(-1, 1), tol=1e-12).x)
    return {
        "scores": scores.reshape(-1).tolist(),
        "labels": labels.tolist(),
        "before": numbers(1),
        "temperature": temperature,
        "after": numbers(temperature),
    }


def shapley():
    m = 4
    values = np.round(rng.uniform(0.1, 0.95, 2**m), 3)
    contributions = np.zeros(m)
    for order in itertools.permutations(range(m)):
        come = 0
        for player in order:
            contributions[player] += values[come | 1 << player] - values[come]
            come |= 1 << player
    return {"values": values.tolist(), "contributions": (contributions / math.factorial(m)).tolist()}


print(
    json.dumps(
        {
            "signFlips": sign_flips(),
            "mcNemar": mcnemar(),
            "holm": holm(),
            "calibration": calibration(),
            "shapley": shapley(),
        }
    )
)
