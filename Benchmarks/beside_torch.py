"""What the comparisons of whole runs with PyTorch have in common: rounds in which both take turns, what other
work took of the machine meanwhile, and jobs of ours. No program by itself.
"""
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

FOREIGN_LIMIT = 0.1  # of a core


def busy_seconds():
    """Seconds for which the processors that this process may use did anything."""
    mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
    ticks = 0
    for line in pathlib.Path("/proc/stat").read_text().splitlines():
        name, *numbers = line.split()
        if name in mine:
            # user nice system idle iowait irq softirq steal
            ticks += sum(int(n) for place, n in enumerate(numbers[:8]) if place not in (3, 4))
    return ticks / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """Seconds of processor time of this process and of those that it has waited for."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


class Foreign:
    """What others took of a core since it was made, when all of one's own programs have ended."""

    def __init__(self):
        self.start = time.perf_counter(), busy_seconds(), own_seconds()

    def cores(self):
        wall, busy, own = self.start
        left = busy_seconds() - busy - (own_seconds() - own)
        return max(0.0, left) / (time.perf_counter() - wall)


def run(command, threads=1):
    """Runs a program that prints a line of JSON last, and returns what that says."""
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    for library in ("OPENBLAS", "OMP", "MKL"):
        environment[f"{library}_NUM_THREADS"] = str(threads)
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}: {words[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def cycle_of_ours(launch, configuration, overrides, warm_up, count):
    """Seconds of a cycle of a job of ours, the middle of `count`; and the memory of all its ranks, in MiB."""
    words = [launch, "cycles", configuration, "--warm-up", str(warm_up), "--count", str(count)]
    for override in overrides:
        words += ["--set", override]
    told = run(words)
    return {
        "seconds": statistics.median(told["cycles"]),
        "memory_mib": sum(rank["peakMemoryByteCount"] for rank in told["ranks"]) / 2**20,
        "weights_sha256": told["weightsDigest"]}


def rounds(programs, count):
    """Runs the programs, functions by name, by turns: a JSON line each, and what they returned in rounds that
    nobody disturbed; in all, where there is no other."""
    kept, all_rounds = [], []
    for number in range(1, count + 1):
        results, most = {}, 0.0
        for name, program in programs.items():
            foreign = Foreign()
            results[name] = program()
            cores = foreign.cores()
            most = max(most, cores)
            line = {"round": number, "program": name, "foreign_cores": round(cores, 3)}
            print(json.dumps(line | results[name]), flush=True)
        all_rounds.append(results)
        if most <= FOREIGN_LIMIT:
            kept.append(results)
    dropped = count - len(kept)
    print(f"{dropped} of {count} rounds dropped: other work took more than {FOREIGN_LIMIT} of a core"
          + ("" if kept else "; figures below are of all of them, and worth little"))
    return kept or all_rounds


def ratio(results, slow, fast):
    """`slow` by `fast` within each round: median and range, as text; and the median."""
    found = sorted(result[slow]["seconds"] / result[fast]["seconds"] for result in results)
    middle = statistics.median(found)
    return f"{middle:.3f} ({found[0]:.3f} to {found[-1]:.3f})", middle


def milliseconds(results, name):
    return f"{1e3 * statistics.median(result[name]['seconds'] for result in results):.4g} ms"
