"""Times single operations in PyTorch, on request.

    python3 kernel.py '{"device": "cpu", "threads": 2}'

Prints one line of JSON when ready and one for each line on stdin: "NAME N" runs the operation N
times and answers the mean time of one in microseconds.
"""

import json
import sys
import time

import torch


def main():
    options = json.loads(sys.argv[1])
    device = torch.device(options["device"])
    torch.set_num_threads(options["threads"])
    # As the engine does on CUDA.
    torch.backends.cuda.matmul.allow_tf32 = True
    one = torch.ones(1, device=device)
    rows = torch.ones(64, 512, device=device)
    square = torch.full((1024, 1024), 1 / 1024, device=device)
    operations = {
        "add-1": lambda: one + one,
        "add-64x512": lambda: rows + rows,
        "matmul-1024": lambda: square @ square,
    }
    answer(
        {
            "version": f"torch {torch.__version__}",
            "device": device.type,
            "threads": torch.get_num_threads(),
        }
    )
    with torch.no_grad():
        for line in sys.stdin:
            name, count = line.split()
            answer({"us": measure(operations[name], int(count), device)})


def measure(operation, count, device):
    if device.type == "cuda":
        torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(count):
        operation()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return 1e6 * (time.perf_counter() - started) / count


def answer(message):
    print(json.dumps(message), flush=True)


main()
