"""Reads a task that src/captioning/task-file.ts wrote, and answers lines."""

import json
import os

import numpy
import torch


def read_task(folder):
    """The settings, and the arrays by name; integers as int64."""
    with open(os.path.join(folder, "task.json"), encoding="utf-8") as file:
        task = json.load(file)
    data = numpy.fromfile(os.path.join(folder, "values.bin"), dtype=numpy.float32)
    values = {}
    for array in task["arrays"]:
        size = int(numpy.prod(array["shape"]))
        flat = data[array["offset"] : array["offset"] + size]
        if array["dtype"] == "int32":
            values[array["name"]] = torch.from_numpy(flat.view(numpy.int32).astype(numpy.int64))
        else:
            values[array["name"]] = torch.from_numpy(flat).reshape(array["shape"])
    return task, values


def answer(message):
    print(json.dumps(message), flush=True)
