"""Carries out a page of the documents: its blocks of Python, of YAML (saved under the name that follows) and of shell,
in their order, in an empty folder.

    tutorial.py PAGE PROGRAM FOLDER
"""

import os
import re
import subprocess
import sys

page, program, folder = sys.argv[1:]
os.chdir(folder)
names, count = {}, 0
text = open(page).read()
for block in re.finditer(r"```(\w+)\n(.*?)```\n(?:\nsaved as `([\w.-]+)`)?", text, re.S):
    kind, content, name = block.groups()
    if kind == "yaml":
        open(name, "w").write(content)
    elif kind == "sh":
        for line in content.strip().splitlines():
            assert line.startswith("./launch "), line
            subprocess.run([program, *line.split()[1:]], check=True, stdout=subprocess.DEVNULL)
    elif kind == "python":
        exec(compile(content, f"block {count + 1} of {page}", "exec"), names)
    else:
        sys.exit(f"what is to be done with a block of {kind}?")
    count += 1
print(f"{count} blocks, all of them as they stand")
