"""Tiny random models with the names of every format of weights: a folder each, with the weights as a user
would have them, what the model makes of an input, and its weights after one step of SGD.

    python make_pretrained.py FOLDER

Made with Python 3.11.7, torch 2.13.0+cpu, torchvision 0.28.0, timm 1.0.31, transformers 5.24.0 and
safetensors 0.8.0. M3AE and CAV-MAE are in no package: their forward passes are written out here, by the
formulas of their code (young-geng/m3ae_public a5eb14f, YuanGongND/cav-mae 68fe8c2) and the names of MLA's.

    model.safetensors   the weights
    config.json         where the format's files have one
    pass.safetensors    x, the input; y, the features in evaluation; gradient, that of the loss with
                        respect to the features in training
    step.safetensors    the weights after one training pass and w -= 0.1 dw, same names

What an importer adds to another array (type vectors) does not move here either.
"""
import json
import os
import re
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

# The wheels of torchvision at PyPI want CUDA: their compiled operators, which no model here uses, are declared only.
library = torch.library.Library("torchvision", "DEF")
while True:
    try:
        import torchvision
        break
    except RuntimeError as error:
        library.define(re.search(r"torchvision::(\w+)", str(error)).group(1) + "(Tensor x) -> Tensor")
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
import timm
import transformers
from timm.models.vision_transformer import VisionTransformer as TimmViT
from torchvision.models.resnet import BasicBlock, ResNet

torch.set_default_dtype(torch.float64)
folder = sys.argv[1]
RATE = 0.1


def draw(*shape):
    """Few digits: exact in F16, so that nothing starts with a rounding."""
    return torch.round(torch.randn(*shape) * 8) / 8


def randomise(model, seed):
    """Weights that say something everywhere, exact in float32."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in list(model.named_parameters()) + list(model.named_buffers()):
            if not parameter.is_floating_point():
                continue
            noise = 0.3 * torch.randn(parameter.shape)
            isScale = parameter.dim() == 1 and re.search(r"(norm|ln|bn|LayerNorm|downsample\.1).*(weight|var)$", name)
            parameter.copy_((1 + noise.abs() if isScale else noise).to(torch.float32))


def tensors(state, half=False):
    kind = torch.float16 if half else torch.float32
    return {k: v.detach().to(kind if v.is_floating_point() else v.dtype).clone().contiguous()
            for k, v in state.items()}


def write(name, state, config=None, half=False):
    os.makedirs(f"{folder}/{name}", exist_ok=True)
    save_file(tensors(state, half), f"{folder}/{name}/model.safetensors")
    if config:
        with open(f"{folder}/{name}/config.json", "w") as file:
            file.write(json.dumps(config) + "\n")


def golden(name, model, features, x, shown, frozen=(), config=None, state=lambda model: model.state_dict()):
    """Writes the weights, a pass and a step of `model`, whose features of x `features` gives."""
    write(name, state(model), config)
    model.eval()
    with torch.no_grad():
        y = features(x)
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    output = features(x)
    gradient = draw(*output.shape)
    parameters = {n: p for n, p in model.named_parameters() if n not in frozen}
    found = torch.autograd.grad((output * gradient).sum(), list(parameters.values()), allow_unused=True)
    with torch.no_grad():
        for parameter, g in zip(parameters.values(), found):
            if g is not None:
                parameter -= RATE * g
    save_file(tensors(state(model)), f"{folder}/{name}/step.safetensors")
    half = lambda t: t.to(torch.float16).contiguous()
    save_file({"x": half(shown), "y": y.to(torch.float32).contiguous(), "gradient": half(gradient)},
              f"{folder}/{name}/pass.safetensors")


# ---- torchvision's ResNet-18, of an eighth of a quarter of its width

class SmallResNet(ResNet):
    def __init__(self, width):
        nn.Module.__init__(self)
        self._norm_layer, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, 1, 1, 64
        self.inplanes = width
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu, self.maxpool = nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2, padding=1)
        for layer, stride in ((1, 1), (2, 2), (3, 2), (4, 2)):
            setattr(self, f"layer{layer}", self._make_layer(BasicBlock, width << (layer - 1), 2, stride=stride))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(8 * width, 10)

    def features(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.avgpool(self.layer4(self.layer3(self.layer2(self.layer1(x))))).flatten(1)


model = SmallResNet(2)
assert set(model.state_dict()) == set(torchvision.models.resnet18().state_dict())
randomise(model, 1)
x = draw(2, 3, 40, 40)
golden("torchvision_resnet18", model, model.features, x, x.permute(0, 2, 3, 1))

# One channel instead of three: the sum and the mean of the stem's.
model.eval()
x = draw(2, 1, 40, 40)
with torch.no_grad():
    model.load_state_dict(load_file(f"{folder}/torchvision_resnet18/model.safetensors"))
    three = model.conv1.weight.clone()
    found = {}
    for rule, kernel in (("sum", three.sum(1, keepdim=True)), ("mean", three.mean(1, keepdim=True))):
        model.conv1.weight = nn.Parameter(kernel)
        found[rule] = model.features(x).to(torch.float32).contiguous()
save_file({"x": x.permute(0, 2, 3, 1).to(torch.float16).contiguous(), **found},
          f"{folder}/torchvision_resnet18/grey.safetensors")

# ---- Vision transformers: 8 x 8 pictures, patches of 4 x 4

pictures = draw(2, 3, 8, 8)
shown = pictures.permute(0, 2, 3, 1)

model = TimmViT(img_size=8, patch_size=4, embed_dim=8, depth=2, num_heads=2, mlp_ratio=1.5, num_classes=3)
randomise(model, 2)
write("vit_timm_half", model.state_dict(), half=True)
golden("vit_timm", model, lambda x: model.forward_features(x)[:, 0], pictures, shown)

model = torchvision.models.VisionTransformer(
    image_size=8, patch_size=4, num_layers=2, num_heads=2, hidden_dim=8, mlp_dim=12, num_classes=3)
model.heads = nn.ModuleDict({"head": model.heads.head})
randomise(model, 3)


def torchvision_features(x):
    x = model._process_input(x)
    return model.encoder(torch.cat([model.class_token.expand(len(x), -1, -1), x], 1))[:, 0]


golden("vit_torchvision", model, torchvision_features, pictures, shown)

config = transformers.ViTConfig(
    hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12, image_size=8, patch_size=4,
    hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager")
model = transformers.ViTForImageClassification(config)
randomise(model, 4)
settings = {key: getattr(config, key) for key in (
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
    "layer_norm_eps")}
assert any(name.startswith("vit.layers.0.attention.q_proj") for name in model.state_dict())
# What save_pretrained writes are the old names.
model.to(torch.float32).save_pretrained(f"{folder}/vit_huggingface_old")
model.to(torch.float64)
with open(f"{folder}/vit_huggingface_old/config.json", "w") as file:
    file.write(json.dumps(settings) + "\n")
golden("vit_huggingface", model, lambda x: model.vit(x).last_hidden_state[:, 0], pictures, shown, config=settings)

# ---- BERT: 3 texts of up to 6 tokens, 0 is padding

config = transformers.BertConfig(
    vocab_size=11, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
    max_position_embeddings=9, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    attn_implementation="eager")
model = transformers.BertModel(config)
randomise(model, 5)
texts = torch.tensor([[5, 3, 10, 1, 5, 9], [2, 7, 4, 0, 0, 0], [6, 0, 0, 0, 0, 0]])
mask = (texts != 0).to(torch.float64)


def bert_features(ids):
    rows = model(ids, attention_mask=mask).last_hidden_state
    return (rows * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


settings = {key: getattr(config, key) for key in (
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
    "layer_norm_eps")}


def old_bert(state):
    """As bert-base-uncased is on disk."""
    def rename(name):
        return "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    old = {rename(name): value for name, value in state.items()}
    old["bert.embeddings.position_ids"] = torch.arange(9)[None]
    old["cls.predictions.bias"] = torch.zeros(11)
    return old


write("bert_old", old_bert(model.state_dict()), settings)
golden("bert", model, bert_features, texts, texts, frozen=("embeddings.token_type_embeddings.weight",),
       config=settings)


# ---- M3AE and CAV-MAE, written out

class Block(nn.Module):
    """Names of CAV-MAE; those of M3AE are made of them."""
    def __init__(self, width, heads, hidden, eps, gelu):
        super().__init__()
        self.heads, self.gelu = heads, gelu
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=eps), nn.LayerNorm(width, eps=eps)
        self.attn = nn.Module()
        self.attn.qkv, self.attn.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Module()
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x, padding=None, norm1=None, norm2=None):
        n, t, d = x.shape
        y = (norm1 or self.norm1)(x)
        q, k, v = self.attn.qkv(y).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5
        if padding is not None:
            scores = torch.where(padding[:, None, None, :] > 0, torch.tensor(-1e7), scores)
        x = x + self.attn.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, d))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1((norm2 or self.norm2)(x)), approximate=self.gelu))


def codes(count, width):
    w = 10000.0 ** (-np.arange(width // 2) / (width / 2))
    angles = np.arange(count)[:, None] * w[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], 1)


class M3AE(nn.Module):
    def __init__(self, width=8, vocabulary=11, patch=3 * 16, eps=1e-5, gelu="none"):
        super().__init__()
        self.text_embedding = nn.Embedding(vocabulary, width)
        self.image_embedding = nn.Linear(patch, width)
        for name in ("encoder_image_type_embedding", "encoder_text_type_embedding", "cls_token"):
            setattr(self, name, nn.Parameter(torch.zeros(1, 1, width)))
        self.encoder = nn.Module()
        self.encoder.blocks = nn.ModuleList([Block(width, 2, 4 * width, eps, gelu) for _ in range(2)])
        self.encoder.layer_norm = nn.LayerNorm(width, eps=eps)
        self.decoder_input_projection = nn.Linear(width, width)
        self.width = width

    def encode(self, x, padding=None):
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1)
        if padding is not None:
            padding = torch.cat([torch.zeros(len(x), 1), padding], 1)
        for block in self.encoder.blocks:
            x = block(x, padding)
        return self.encoder.layer_norm(x)[:, 0]

    def of_pictures(self, x):
        """Patches as MLA flattens them: channel, row, column."""
        n, c, h, w = x.shape
        patches = x.reshape(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 1, 3, 5).reshape(n, -1, c * 16)
        across = codes(w // 4, self.width // 2)
        down = codes(h // 4, self.width // 2)
        places = np.concatenate([np.tile(across, (h // 4, 1)), np.repeat(down, w // 4, 0)], 1)
        return self.encode(self.image_embedding(patches) + torch.tensor(places) + self.encoder_image_type_embedding)

    def of_texts(self, ids):
        rows = self.text_embedding(ids) + torch.tensor(codes(ids.shape[1], self.width))
        return self.encode(rows + self.encoder_text_type_embedding, (ids == 0).to(torch.float64))


def m3ae_names(state):
    renamed = {}
    for name, value in state.items():
        for ours, theirs in (("norm1", "layer_norm1"), ("norm2", "layer_norm2"), ("attn.qkv", "attention.qkv_linear"),
                             ("attn.proj", "attention.fc"), ("mlp.fc", "transformer_mlp.fc")):
            name = re.sub(rf"^(encoder\.blocks\.\d+\.){re.escape(ours)}", rf"\g<1>{theirs}", name)
        renamed[name] = value
    return renamed


def m3ae_state(model):
    return m3ae_names(model.state_dict())


frozen = ("encoder_image_type_embedding", "encoder_text_type_embedding")
wide = draw(2, 3, 8, 12)
for name, options, seed in (("m3ae", {}, 6), ("m3ae_flax", {"eps": 1e-6, "gelu": "tanh"}, 7)):
    model = M3AE(**options)
    randomise(model, seed)
    golden(f"{name}_image", model, model.of_pictures, wide, wide.permute(0, 2, 3, 1), frozen, state=m3ae_state)
    if name == "m3ae_flax":
        # The published weights: (row, column, channel).
        for file in ("model", "step"):
            state = load_file(f"{folder}/m3ae_flax_image/{file}.safetensors")
            kernel = state["image_embedding.weight"]
            state["image_embedding.weight"] = kernel.reshape(8, 3, 16).transpose(1, 2).reshape(8, 48).contiguous()
            save_file(state, f"{folder}/m3ae_flax_image/{file}.safetensors")
    else:
        randomise(model, seed + 10)
        golden("m3ae_text", model, model.of_texts, texts, texts, frozen, state=m3ae_state)


class CAVMAE(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        def block():
            made = Block(width, 2, 12, 1e-5, "none")
            for name in ("norm1_a", "norm1_v", "norm2_a", "norm2_v"):
                setattr(made, name, nn.LayerNorm(width))
            return made
        self.patch_embed_a, self.patch_embed_v = nn.Module(), nn.Module()
        self.patch_embed_a.proj = nn.Conv2d(1, width, 4, stride=4)
        self.patch_embed_v.proj = nn.Conv2d(3, width, 4, stride=4)
        self.pos_embed_a, self.pos_embed_v = nn.Parameter(torch.zeros(1, 6, width)), nn.Parameter(torch.zeros(1, 4, width))
        self.modality_a, self.modality_v = nn.Parameter(torch.zeros(1, 1, width)), nn.Parameter(torch.zeros(1, 1, width))
        self.blocks_a = nn.ModuleList([block() for _ in range(2)])
        self.blocks_v = nn.ModuleList([block() for _ in range(2)])
        self.blocks_u = nn.ModuleList([block()])
        self.norm_a, self.norm_v, self.norm = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.decoder_embed = nn.Linear(width, width)

    def features(self, sound):
        """[n, frames, bands]"""
        x = self.patch_embed_a.proj(sound[:, None].transpose(2, 3)).flatten(2).transpose(1, 2)
        x = x + self.pos_embed_a + self.modality_a
        for block in self.blocks_a:
            x = block(x)
        for block in self.blocks_u:
            x = block(x, norm1=block.norm1_a, norm2=block.norm2_a)
        return self.norm_a(x).mean(1)


model = CAVMAE()
randomise(model, 8)
sound = draw(2, 12, 8)
golden("cavmae_audio", model, model.features, sound, sound.transpose(1, 2)[..., None], ("modality_a",),
       state=lambda model: {f"module.{name}": value for name, value in model.state_dict().items()})

# ---- Positions of another grid, as F.interpolate makes them (and with it transformers)

torch.manual_seed(9)


def resized(positions, side, grid):
    """[1 + side * side, width], the class token's first, for a grid of another size."""
    table = positions[1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
    table = F.interpolate(table, size=grid, mode="bicubic", align_corners=False)
    return torch.cat([positions[:1], table.permute(0, 2, 3, 1).reshape(grid[0] * grid[1], -1)])


table = draw(26, 3)
state = load_file(f"{folder}/vit_timm/model.safetensors")
state = {name: value.to(torch.float64) for name, value in state.items()}
state["pos_embed"] = resized(state["pos_embed"][0], 2, (3, 2))[None]
model = TimmViT(img_size=(12, 8), patch_size=4, embed_dim=8, depth=2, num_heads=2, mlp_ratio=1.5, num_classes=3)
model.load_state_dict(state)
model.eval()
x = draw(2, 3, 12, 8)
with torch.no_grad():
    y = model.forward_features(x)[:, 0]
save_file({"x": x.permute(0, 2, 3, 1).to(torch.float16).contiguous(), "y": y.to(torch.float32).contiguous(),
           "table": table.to(torch.float16), "larger": resized(table, 5, (7, 6)).to(torch.float32),
           "smaller": resized(table, 5, (2, 3)).to(torch.float32)}, f"{folder}/vit_timm/resized.safetensors")
