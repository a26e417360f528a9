"""Takes turns between this project's encoders and PyTorch's: A B A B …, and prints the ratio.

usage: interleave.py TRANSFORMER_BENCH CASE [ROUNDS] [STEPS]
Both run on one core with one thread; OPENBLAS_CORETYPE is unset for both.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

bench, case = sys.argv[1:3]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
steps = sys.argv[4] if len(sys.argv) > 4 else "1"
environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
environment.pop("OPENBLAS_CORETYPE", None)
baseline = pathlib.Path(__file__).with_name("transformer_baseline.py")
commands = {
    "antiphon": [bench, case, steps, "--serve"],
    "pytorch": [sys.executable, str(baseline), case, "--steps", steps, "--serve"]}
programs = {
    name: subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    for name, command in commands.items()}
results = {name: [] for name in programs}
for _ in range(rounds):
    for name, program in programs.items():
        program.stdin.write("\n")
        program.stdin.flush()
        results[name].append(json.loads(program.stdout.readline()))
for program in programs.values():
    program.stdin.close()
    program.wait()

def summary(name, key="median"):
    return statistics.median(r[key] for r in results[name])

ours, theirs = summary("antiphon"), summary("pytorch")
quickest = [min(r["fastest"] for r in results[n]) for n in ("antiphon", "pytorch")]
busy = [summary(name, "cpu") for name in ("antiphon", "pytorch")]
memory = [max(r["peak_mib"] for r in results[n]) for n in ("antiphon", "pytorch")]
ratios = sorted(b["median"] / a["median"] for a, b in zip(results["antiphon"], results["pytorch"]))
print(f"{case}: {ours * 1e3:.4g} ms, PyTorch {theirs * 1e3:.4g} ms: {theirs / ours:.2f}x "
      f"(rounds {ratios[0]:.2f} to {ratios[-1]:.2f}; fastest {quickest[1] / quickest[0]:.2f}x); processor time "
      f"{busy[0] * 1e3:.4g} and {busy[1] * 1e3:.4g} ms: {busy[1] / busy[0]:.2f}x; "
      f"memory {memory[0]:.0f} of {memory[1]:.0f} MiB: {memory[0] / memory[1]:.2f}")
