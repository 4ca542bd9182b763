"""Captions the images of a task in PyTorch, on request.

    python3 decode.py '{"task": FOLDER, "device": "cpu", "threads": 2}'

FOLDER holds task.json and values.bin (see src/captioning/task-file.ts). Prints one line of JSON when
ready and one for each line on stdin: "captions K W" answers the captions of a beam of K, cut after W
words, "search N K" searches N times and answers how long one took, "profile K" names the operators
with the highest own time.
"""

import json
import sys
import time

import torch

from beam_search import beam_search
from captioners import CAPTIONERS
from decoders import DECODERS
from task import answer, read_task


def main():
    options = json.loads(sys.argv[1])
    device = torch.device(options["device"])
    torch.set_num_threads(options["threads"])
    # As the engine does on CUDA.
    torch.backends.cuda.matmul.allow_tf32 = True
    task, values = read_task(options["task"])
    model = CAPTIONERS[task["model"]](task["sizes"])
    model.load(values)
    model.to(device).eval()
    features = values["features"].to(device)
    with torch.no_grad():
        decoder = DECODERS[task["model"]](model)

    def search(beam, max_words=task["sizes"]["maxWords"]):
        return beam_search(decoder, features, task, beam, max_words)

    answer(
        {
            "version": f"torch {torch.__version__}",
            "device": device.type,
            "threads": torch.get_num_threads(),
        }
    )
    for line in sys.stdin:
        command, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        if command == "captions":
            answer({"captions": search(*numbers)})
        elif command == "search":
            answer({"ms": timed(search, *numbers)})
        elif command == "profile":
            answer({"table": profile(search, *numbers)})


def timed(search, count, beam):
    # Each search ends with its captions on the host, so nothing is left in the device's queue.
    started = time.perf_counter()
    for _ in range(count):
        search(beam)
    return 1000 * (time.perf_counter() - started) / count


def profile(search, beam):
    with torch.autograd.profiler.profile() as recorded:
        search(beam)
    return recorded.key_averages().table(sort_by="self_cpu_time_total", row_limit=25)


main()
