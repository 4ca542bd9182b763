"""Times training steps of one captioner in PyTorch, on request.

    python3 train.py '{"task": FOLDER, "device": "cpu", "threads": 2, "compile": false}'

FOLDER holds task.json and values.bin (see src/captioning/task-file.ts). Prints one line of JSON when ready and
one for each line on stdin: "steps N" makes N steps and answers how long they took and the last loss,
"profile" names the operators with the highest own time.
"""

import json
import sys
import time

import torch
from torch.nn import functional as F

from captioners import CAPTIONERS
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
    model.to(device)
    words = task["sizes"]["words"]
    features = values["features"].to(device)
    # Stored time-major.
    inputs = values["inputs"].reshape(words, -1).T.contiguous().to(device)
    targets = values["targets"].reshape(words, -1).T.contiguous().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"])
    forward = torch.compile(model) if options["compile"] else model

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = forward(features, inputs)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=task["padId"])
        loss.backward()
        torch.nn.utils.clip_grad_value_(model.parameters(), task["clip"])
        optimizer.step()
        return loss

    answer(
        {
            "version": f"torch {torch.__version__}",
            "device": device.type,
            "threads": torch.get_num_threads(),
            "parameters": sum(p.numel() for p in model.parameters()),
        }
    )
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "steps":
            answer(run_steps(step, int(arguments[0]), device))
        elif command == "profile":
            answer({"table": profile(step)})


def run_steps(step, count, device):
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(count):
        loss = step()
    value = loss.item()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return {"ms": 1000 * (time.perf_counter() - started) / count, "loss": value}


def profile(step):
    with torch.autograd.profiler.profile() as recorded:
        step()
    return recorded.key_averages().table(sort_by="self_cpu_time_total", row_limit=25)


main()
