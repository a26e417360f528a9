extension PythonParts {
  /// A modality, and the whole model.
  static let model = #"""
    class Modality(nn.Module):
        """Samples as they were for training, before they are standardised, to features and logits."""

        def __init__(self, body, features, project=None, statistics=None, pictures=False):
            super().__init__()
            self.body, self.pictures = body, pictures
            self.project = nn.Linear(project, features) if project else nn.Identity()
            self.head = nn.Linear(features, len(CLASSES))
            for name in ("mean", "scale") if statistics is not None else ():
                self.register_buffer(name, torch.zeros(statistics))

        def forward(self, x):
            if hasattr(self, "mean"):
                x = (x - self.mean) / self.scale
            if self.pictures:  # [n, height, width], [n, height, width, channels], or with frames
                x = x.unsqueeze(-1) if x.dim() == 3 else x.flatten(0, -4)
                x = x.movedim(-1, 1)
            features = self.project(self.body(x))
            return features, self.head(features)


    class Output(NamedTuple):
        """Of n samples, K classes and M modalities, in the order of MODALITIES."""

        probabilities: torch.Tensor  # [n, K], float64
        prediction: torch.Tensor  # [n], the number of a class; -1 where no modality is present
        weights: torch.Tensor  # [n, M], what each modality counts in the prediction
        logits: dict  # of each modality given, [n, K]
        features: dict  # the same, [n, D]


    class Model(nn.Module):
        def __init__(self, modalities):
            super().__init__()
            self.modalities = nn.ModuleList(modalities)

        def forward(self, samples, present=None):
            """Predicts.

            samples: tensors by modality, the same n samples in each; what is left out is absent.
            present: for a modality that only some samples have, which: a tensor [n] of bool.
            """
            features, logits, present = {}, {}, present or {}
            for name, modality in zip(MODALITIES, self.modalities):
                if name in samples:
                    features[name], logits[name] = modality(samples[name])
            n, like = len(next(iter(logits.values()))), next(iter(logits.values())).double()
            zeros, there, norms = torch.zeros_like(like), [], []
            for name in MODALITIES:
                given = torch.full((n,), name in samples, device=like.device)
                there.append(given & present.get(name, given))
                norms.append(features[name].double().norm(dim=1) if name in samples else zeros[:, 0])
            z = torch.stack([logits[name].double() if name in samples else zeros
                             for name in MODALITIES], 1)
            there = torch.stack(there, 1)
            z = torch.where(there[..., None], z, 0)
            probabilities, weights = fuse(z, there, torch.stack(norms, 1))
            prediction = torch.where(weights.ne(0).any(1), probabilities.argmax(1), -1)
            return Output(probabilities, prediction, weights, logits, features)


    def load(folder=Path(__file__).parent):
        """The model with its weights, ready to predict."""
        model = build()
        rest = load_file(Path(folder, "heads.safetensors"))
        for name, modality in zip(MODALITIES, model.modalities):
            state = {key[len(name) + 1:]: value for key, value in rest.items()
                     if key.split(".")[0] == name}
            body = load_file(Path(folder, name, "model.safetensors"))
            state.update((f"body.{key}", value) for key, value in body.items())
            modality.load_state_dict(state)
        return model.eval()
    """#
}
