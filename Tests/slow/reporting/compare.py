"""Compares what browser.py found with what pages have: compare.py FOUND.json STRUCTURE.json; --write makes the latter anew."""

import json
import os
import sys

found = json.load(open(sys.argv[1]))
wrong = []
structure = {}
for view, page in found.items():
    path, width, scheme = view.rsplit(" ", 2)
    name = os.path.basename(os.path.dirname(path))
    if page["width"] > page["window"]:
        wrong.append(f"{view}: {page['width']} pixels wide, scrolls sideways")
    if page["dark"] != (scheme == "dark"):
        wrong.append(f"{view}: not shown as {scheme}")
    if page["unlabelled"] or "" in page["pictures"]:
        wrong.append(f"{view}: a picture without title or label")
    for key in ("scripts", "obeyed", "weak", "wide", "spilt", "requests", "said"):
        if page[key]:
            wrong.append(f"{view}: {key}: {page[key]}")
    own = {key: page[key] for key in ("headings", "pictures", "tables")}
    if structure.setdefault(name, own) != own:
        wrong.append(f"{view}: another structure than in another view")
if "--write" in sys.argv:
    with open(sys.argv[2], "w") as file:
        json.dump(structure, file, indent=1, ensure_ascii=False)
        file.write("\n")
for name, own in json.load(open(sys.argv[2])).items():
    for key, value in own.items():
        if structure.get(name, {}).get(key) != value:
            wrong.append(f"{name}: {key}: found {structure.get(name, {}).get(key)}, expected {value}")
for line in wrong:
    print(line)
print(f"{len(found)} views of {len(structure)} pages, {len(wrong)} faults")
sys.exit(1 if wrong else 0)
