/// The parts of `model.py` that do not depend on the model: classes, of which a file has those that it needs.
enum PythonParts {
  /// What the file begins with, behind its own words.
  static let imports = #"""
    import math
    from pathlib import Path
    from typing import NamedTuple

    import torch
    from safetensors.torch import load_file
    from torch import nn


    """#

  /// torchvision's ResNet of basic blocks, with any width.
  static let resNet = #"""
    class BasicBlock(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.downsample = None
            if stride > 1 or inputs != outputs:
                self.downsample = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
            return (y + (x if self.downsample is None else self.downsample(x))).relu()


    class ResNet(nn.Module):
        """torchvision's ResNet of basic blocks, by its names. Of videos, a mean over their frames."""

        def __init__(self, channels, width, blocks, features=None, frames=1):
            super().__init__()
            self.frames = frames
            self.conv1 = nn.Conv2d(channels, width, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(width)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            for stage in range(4):
                first, outputs = (width << max(stage - 1, 0), width << stage)
                self.add_module(f"layer{stage + 1}", nn.Sequential(*(
                    BasicBlock(outputs if block else first, outputs, 2 if stage and not block else 1)
                    for block in range(blocks))))
            self.fc = nn.Linear(8 * width, features) if features else nn.Identity()

        def forward(self, x):  # [n * frames, channels, height, width]
            x = self.maxpool(self.bn1(self.conv1(x)).relu())
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(x.mean((2, 3)).unflatten(0, (-1, self.frames)).mean(1))


    """#

  /// A transformer by timm's names, of pictures or of tokens.
  static let transformer = #"""
    class Attention(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.qkv = nn.Linear(width, 3 * width)
            self.proj = nn.Linear(width, width)

        def forward(self, x, there):
            n, t, width = x.shape
            q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
            if there is not None:
                scores = scores.masked_fill(~there[:, None, None], -1e9)
            return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, width))


    class MLP(nn.Module):
        def __init__(self, width, hidden, gelu):
            super().__init__()
            self.fc1 = nn.Linear(width, hidden)
            self.act = nn.GELU(gelu)
            self.fc2 = nn.Linear(hidden, width)

        def forward(self, x):
            return self.fc2(self.act(self.fc1(x)))


    class Block(nn.Module):
        def __init__(self, width, heads, hidden, gelu, epsilon, post_norm):
            super().__init__()
            self.post_norm = post_norm
            self.norm1 = nn.LayerNorm(width, epsilon)
            self.attn = Attention(width, heads)
            self.norm2 = nn.LayerNorm(width, epsilon)
            self.mlp = MLP(width, hidden, gelu)

        def forward(self, x, there):
            if self.post_norm:
                x = self.norm1(x + self.attn(x, there))
                return self.norm2(x + self.mlp(x))
            x = x + self.attn(self.norm1(x), there)
            return x + self.mlp(self.norm2(x))


    class Transformer(nn.Module):
        """A transformer by timm's names. Of texts, token 0 is padding; of pictures, what patches see
        beyond the edge is 0."""

        def __init__(self, width, depth, heads, hidden, positions, pooling, epsilon, vocabulary=None,
                     patch=None, channels=1, gelu="none", post_norm=False, embed_norm=False,
                     class_token=False, class_position=False, features=None):
            super().__init__()
            self.patch, self.pooling, self.class_position = patch, pooling, class_position
            if vocabulary:
                self.token_embed = nn.Embedding(vocabulary, width)
            else:
                self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(channels, width, patch, patch)})
            self.cls_token = nn.Parameter(torch.zeros(1, 1, width)) if class_token else None
            self.pos_embed = nn.Parameter(torch.zeros(1, positions, width))
            self.embed_norm = nn.LayerNorm(width, epsilon) if embed_norm else nn.Identity()
            self.blocks = nn.ModuleList(
                Block(width, heads, hidden, gelu, epsilon, post_norm) for _ in range(depth))
            self.norm = nn.Identity() if post_norm else nn.LayerNorm(width, epsilon)
            self.head = nn.Linear(width, features) if features else nn.Identity()

        def forward(self, x):  # [n, tokens], or [n, channels, height, width]
            there = None
            if self.patch is None:
                there = x != 0
                x = self.token_embed(x)
            else:
                (height, width), (rows, columns) = x.shape[2:], self.patch
                x = nn.functional.pad(x, (0, -width % columns, 0, -height % rows))
                x = self.patch_embed["proj"](x).flatten(2).transpose(1, 2)
            first = int(self.class_position)
            x = x + self.pos_embed[:, first:first + x.shape[1]]
            if self.cls_token is not None:
                token = self.cls_token + self.pos_embed[:, :1] if first else self.cls_token
                x = torch.cat((token.expand(len(x), -1, -1), x), 1)
                if there is not None:
                    there = nn.functional.pad(there, (1, 0), value=True)
            x = self.embed_norm(x)
            for block in self.blocks:
                x = block(x, there)
            return self.head(pooled(self.norm(x), there, self.pooling, self.cls_token is not None))


    """#

  /// BERT by Hugging Face's names.
  static let bert = #"""
    class Bert(nn.Module):
        """BERT by Hugging Face's names (BertModel without its pooler). Token 0 is padding."""

        def __init__(self, width, depth, heads, hidden, vocabulary, positions, pooling, epsilon,
                     gelu="none"):
            super().__init__()
            self.heads, self.pooling = heads, pooling
            self.act = nn.GELU(gelu)
            norm = lambda: nn.LayerNorm(width, epsilon)
            self.embeddings = nn.ModuleDict({
                "word_embeddings": nn.Embedding(vocabulary, width),
                "position_embeddings": nn.Embedding(positions, width),
                "token_type_embeddings": nn.Embedding(2, width), "LayerNorm": norm()})
            self.encoder = nn.ModuleDict({"layer": nn.ModuleList(nn.ModuleDict({
                "attention": nn.ModuleDict({
                    "self": nn.ModuleDict(
                        {name: nn.Linear(width, width) for name in ("query", "key", "value")}),
                    "output": nn.ModuleDict(
                        {"dense": nn.Linear(width, width), "LayerNorm": norm()})}),
                "intermediate": nn.ModuleDict({"dense": nn.Linear(width, hidden)}),
                "output": nn.ModuleDict({"dense": nn.Linear(hidden, width), "LayerNorm": norm()}),
            }) for _ in range(depth))})

        def attend(self, layer, x, there):
            n, t, width = x.shape
            q, k, v = (layer["self"][name](x).reshape(n, t, self.heads, -1).transpose(1, 2)
                       for name in ("query", "key", "value"))
            scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
            scores = scores.masked_fill(~there[:, None, None], -1e9)
            y = layer["output"]["dense"]((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, width))
            return layer["output"]["LayerNorm"](x + y)

        def forward(self, x):  # [n, tokens]
            there, table = x != 0, self.embeddings
            x = table["word_embeddings"](x) + table["position_embeddings"].weight[:x.shape[1]]
            x = table["LayerNorm"](x + table["token_type_embeddings"].weight[0])
            for layer in self.encoder["layer"]:
                x = self.attend(layer["attention"], x, there)
                y = layer["output"]["dense"](self.act(layer["intermediate"]["dense"](x)))
                x = layer["output"]["LayerNorm"](x + y)
            return pooled(x, there, self.pooling, False)


    """#

  /// The mean, or the first, of rows of tokens.
  static let pooled = #"""
    def pooled(x, there, kind, class_token):
        """Rows [n, t, width] to [n, width]: the first of those that are there, or their mean."""
        if there is None:
            there = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)
        if kind == "class":
            there = there & (there.cumsum(1) == 1)
        elif kind == "mean" and class_token:
            there = there & (torch.arange(x.shape[1], device=x.device) > 0)
        weights = there.to(x.dtype) / there.sum(1, keepdim=True).clamp(min=1)
        return (weights[:, None] @ x).squeeze(1)


    """#

  /// A bag of words.
  static let bagOfWords = #"""
    class BagOfWords(nn.Module):
        """The mean of the vectors of a text's tokens, then linear layers. Token 0 is padding."""

        def __init__(self, vocabulary, width, *layers):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary, width)
            self.layers = nn.Sequential(*layers)

        def forward(self, x):  # [n, tokens]
            there = (x != 0).unsqueeze(-1)
            mean = (self.embedding(x) * there).sum(1) / there.sum(1).clamp(min=1)
            return self.layers(mean)


    """#
}
