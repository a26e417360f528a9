"""Compares our pictures with Pillow's, bit for bit: compare.py PROGRAM FOLDER...

PROGRAM is fuzz-readers; every JPEG, PNG and WebP file below the folders is looked at.
"""

import subprocess
import sys
import warnings
import zlib
from collections import Counter
from pathlib import Path

from PIL import Image

# What Pillow shows though it is damaged: a wrong sum, a progressive picture that is cut off, and what a
# fuzzer found.
DAMAGED = ("/xcsn0g01.png", "/partial_progressive.jpg", "/jpeg-fuzz/")


def pillow(path):
    """What Pillow shows on white, or why it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(path)
            if picture.format not in ("JPEG", "MPO", "PNG", "WEBP"):
                return f"is {picture.format}"
            if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
                return "is animated"
            picture.load()
            if picture.mode.startswith("I"):
                # 16 bits of grey, which Pillow's RGB saturates: their high bytes.
                high = picture.convert("I").point(lambda level: level / 256)
                return high.convert("L").convert("RGB")
            if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
                front = picture.convert("RGBA")
                white = Image.new("RGBA", front.size, "white")
                return Image.alpha_composite(white, front).convert("RGB")
            return picture.convert("RGB")
        except Exception as error:
            return str(error) or type(error).__name__


def main():
    program, *folders = sys.argv[1:]
    paths = sorted(
        str(path) for folder in folders for path in Path(folder).rglob("*")
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp") and path.is_file())
    answers = subprocess.run(
        [program, "pictures"], input="\n".join(paths) + "\n", capture_output=True, text=True,
        check=True).stdout.splitlines()
    counts, failures = Counter(), []
    if len(answers) != len(paths):
        sys.exit(f"pictures: {len(answers)} answers for {len(paths)} files")
    for path, answer in zip(paths, answers):
        theirs = pillow(path)
        fields = answer.split("\t")
        if fields[1] == "refused":
            sentence = fields[2]
            if not sentence.startswith(path + ": "):
                failures.append(f"{path}: no sentence: {answer}")
            counts["refused by both" if isinstance(theirs, str) else "refused by us alone"] += 1
            if not isinstance(theirs, str):
                print(f"  refused by us alone: {sentence}")
                if not any(name in path for name in DAMAGED):
                    failures.append(f"{path}: refused")
        elif isinstance(theirs, str):
            counts["shown by us alone"] += 1
            print(f"  shown by us alone: {path}: Pillow says: {theirs}")
        else:
            ours = tuple(int(field) for field in fields[1:])
            same = ours == (theirs.height, theirs.width, zlib.crc32(theirs.tobytes()))
            counts["equal" if same else "DIFFERENT"] += 1
            if not same:
                failures.append(f"{path}: differs")
    print("  " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    if failures or not counts["equal"]:
        sys.exit("\n".join(failures) or "pictures: nothing was compared")


main()
