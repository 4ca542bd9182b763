"""What all peers do around their work."""

import contextlib
import json
import os
import resource
import sys
import time


@contextlib.contextmanager
def timed(ms, part):
    started = time.perf_counter()
    yield
    ms[part] = 1000 * (time.perf_counter() - started)


def read_tokenized(folder):
    with open(os.path.join(folder, "tokenized.json"), encoding="utf-8") as file:
        return json.load(file)


def peak_megabytes():
    """Of this process or of the largest one it started."""
    # Bytes on macOS, kibibytes elsewhere.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / unit


def cpu_seconds():
    """Of this process and of those it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def answer(version, ms, scores):
    """Prints the one line the benchmark reads."""
    print(
        json.dumps(
            {
                "version": version,
                "ms": ms,
                "scores": scores,
                "peakMegabytes": peak_megabytes(),
                "cpuSeconds": cpu_seconds(),
            }
        )
    )
