"""Arrays of made-up samples and the configurations that models are trained from: one modality for each kind of
encoder that can be exported. Which modalities a sample has is drawn, so that predictions see all cases."""

import json
import sys
from pathlib import Path

import numpy as np

CLASSES = ["cat", "dog", 'a "frog"']

# Of each modality the shape of a sample, None where it is tokens, and the encoder.
BERT = (
    "{kind: transformer, input: text, width: 16, depth: 2, heads: 2, hidden: 24, vocabulary: 40, norm: post,"
    " embedding_norm: true, class_token: false, epsilon: 1.0e-12, maximum_positions: 20, pooling: class}"
)
MODALITIES = {
    "vector": ((7,), "{kind: mlp, hidden: [12, 9]}"),
    "picture": ((11, 13, 3), "{kind: cnn, channels: [4, 6]}"),
    "grey": ((12, 10), "{kind: cnn, channels: [5], norm: none, pooling: mean, stride: 2, final_relu: false}"),
    "photo": ((33, 34, 3), "{kind: resnet18}"),
    "narrow": ((32, 32, 1), "{kind: resnet18, width: 1, blocks: 1}"),
    "film": ((2, 32, 32, 3), "{kind: resnet18, width: 4, blocks: 1, frames: 2}"),
    "patches": ((13, 18, 3), "{kind: transformer, input: image, width: 16, depth: 2, heads: 2, patch_height: 4,"
                " patch_width: 6}"),
    "timm": ((16, 16, 3), "{kind: transformer, input: image, width: 16, depth: 2, heads: 4, patch_height: 4,"
             " patch_width: 4, positions: learned, class_token: true, class_position: true, pooling: class,"
             " epsilon: 1.0e-6}"),
    "tanh": ((12, 12, 3), "{kind: transformer, input: image, width: 8, depth: 1, heads: 2, patch_height: 4,"
             " patch_width: 4, positions: fixed_columns_first, class_token: true, gelu: tanh,"
             " pooling: mean_all, norm: post}"),
    "sound": ((16, 21, 1), "{kind: transformer, input: spectrogram, width: 16, depth: 2, heads: 2,"
              " patch_height: 8, patch_width: 4}"),
    "words": (None, "{kind: transformer, input: text, width: 16, depth: 2, heads: 2, vocabulary: 40}"),
    "marked": (None, "{kind: transformer, input: text, width: 8, depth: 1, heads: 2, vocabulary: 40,"
               " class_token: true, pooling: mean, positions: fixed}"),
    "bert": (None, BERT),
    "bag": (None, "{kind: bag_of_words, vocabulary: 40, width: 6, hidden: [5]}"),
}

# Of each run its modalities and what else its configuration says. The first has all of them.
RUNS = {
    "all": (list(MODALITIES), "data: {validation: 0.3}"),
    "entropy": (["vector", "picture"], "fusion: entropy_probs"),
    "separate": (["vector", "words"], "method: separate\nfusion: {kind: fixed_logits, weights: {vector: 1, words: 2}}"),
    "concat": (["vector", "sound", "bert"], "method: joint_concat"),
    "sum": (["vector", "picture"], "method: joint_sum"),
    "qmf": (["vector", "picture"], "method: qmf"),
    "lfm": (["vector", "picture"], "method: lfm"),
    "uniform": (["vector", "picture"], "method: uniform"),
}


def samples(shape, labels, generator):
    """Noise around a pattern for each class; tokens of which some tell the class, with padding among them."""
    n = len(labels)
    if shape is None:
        tokens = generator.integers(1, 40, (n, 12))
        tokens[:, :3] = 4 + 5 * labels[:, None] + generator.integers(0, 4, (n, 3))
        tokens[generator.random((n, 12)) < 0.3] = 0
        tokens[:: 17] = 0
        return tokens.astype(np.float32)
    patterns = np.random.default_rng(5).normal(size=(len(CLASSES), *shape))
    return (3 + 2 * (patterns[labels] + generator.normal(size=(n, *shape)))).astype(np.float32)


def write(folder):
    generator = np.random.default_rng(11)
    for split, n in (("train", 160), ("test", 60)):
        labels = generator.integers(0, len(CLASSES), n)
        for name, (shape, _) in MODALITIES.items():
            # The first is there for most, so that no sample lacks all of a run's modalities too often.
            there = np.flatnonzero(generator.random(n) < (0.9 if name == "vector" else 0.7))
            np.save(folder / f"{split}-{name}.npy", samples(shape, labels, generator)[there])
            rows = "".join(f"{split}{row},{labels[row]},{place}\n" for place, row in enumerate(there))
            (folder / f"{split}-{name}.csv").write_text("id,label,index\n" + rows)
    for run, (names, more) in RUNS.items():
        lines = [f"classes: {json.dumps(CLASSES)}", "features: 10", "epochs: 2", "batch_size: 16",
                 "evaluation: {keep_logits: true}", more]
        lines.append("modalities:")
        for name in names:
            shape, encoder = MODALITIES[name]
            standardise = "none" if shape is None else "global" if name == "photo" else "feature"
            files = {split: f"{{values: {split}-{name}.npy, manifest: {split}-{name}.csv}}"
                     for split in ("train", "test")}
            lines.append(f"  {name}:\n    data: {{kind: arrays, train: {files['train']}, test: {files['test']},"
                         f" standardise: {standardise}}}\n    encoder: {encoder}")
        (folder / f"{run}.yaml").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    print(" ".join(RUNS))
