extension VisionTransformer.Names {
  /// timm's; a model without classes has no head.
  static let timm = Self(
    format: .vitTimm, classToken: "cls_token", positions: "pos_embed", patches: "patch_embed.proj",
    norm: "norm", blocks: "blocks.",
    block: {
      TransformerBlockNames(
        norms: ("norm1", "norm2"), queriesKeysValues: ["attn.qkv"], projection: "attn.proj",
        mlp: ("mlp.fc1", "mlp.fc2"))
    }, epsilon: 1e-6, spare: ["head.", "head_dist.", "pre_logits."])

  /// Hugging Face's: the names that `save_pretrained` writes; those that transformers 5 has in
  /// `state_dict()` are read under them.
  static let huggingFace = Self(
    format: .vitHuggingFace, prefix: "vit.", classToken: "embeddings.cls_token",
    positions: "embeddings.position_embeddings", patches: "embeddings.patch_embeddings.projection",
    norm: "layernorm", blocks: "encoder.layer.",
    block: {
      TransformerBlockNames(
        norms: ("layernorm_before", "layernorm_after"),
        queriesKeysValues: ["query", "key", "value"].map { "attention.attention.\($0)" },
        projection: "attention.output.dense", mlp: ("intermediate.dense", "output.dense"))
    }, epsilon: 1e-12, spare: ["pooler.", "classifier.", "embeddings.mask_token", "decoder."],
    rename: { name in
      guard name.hasPrefix("layers.") else { return name }
      var parts = name.split(separator: ".", maxSplits: 2).map(String.init)
      guard parts.count == 3 else { return name }
      for (new, old) in [
        ("attention.q_proj.", "attention.attention.query."),
        ("attention.k_proj.", "attention.attention.key."),
        ("attention.v_proj.", "attention.attention.value."),
        ("attention.o_proj.", "attention.output.dense."), ("mlp.fc1.", "intermediate.dense."),
        ("mlp.fc2.", "output.dense."),
      ] where parts[2].hasPrefix(new) {
        parts[2] = old + parts[2].dropFirst(new.count)
      }
      return "encoder.layer.\(parts[1]).\(parts[2])"
    })

  /// torchvision's; the maps of an MLP were called `linear_1` and `linear_2` before 0.13.
  static let torchvision = Self(
    format: .vitTorchvision, classToken: "class_token", positions: "encoder.pos_embedding",
    patches: "conv_proj", norm: "encoder.ln", blocks: "encoder.layers.encoder_layer_",
    block: {
      TransformerBlockNames(
        norms: ("ln_1", "ln_2"), queriesKeysValues: ["self_attention.in_proj"],
        ofStack: ("_weight", "_bias"), projection: "self_attention.out_proj",
        mlp: ("mlp.0", "mlp.3"))
    }, epsilon: 1e-6, spare: ["heads."],
    rename: { name in
      name.replacing(".mlp.linear_1.", with: ".mlp.0.").replacing(
        ".mlp.linear_2.", with: ".mlp.3.")
    })
}
