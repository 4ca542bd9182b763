// The device of an engine and how bytes from JavaScript reach it. Compiles without CUDA too.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "engine.h"

namespace capgrid {

// Names of the GPUs that this process sees, in CUDA's order. Empty without a GPU or its driver.
std::vector<std::string> visibleGpus();

// The engine computes on that GPU from now on, on a stream of its own. Before the first tensor.
// Throws std::invalid_argument without CUDA or such a GPU.
void useGpu(Engine& engine, int index);

// Memory of the host to copy values into: pinned where the device is a GPU, so that the copy to it
// need not be waited for.
at::Tensor uploadBuffer(Engine& engine, const std::vector<std::int64_t>& shape, at::ScalarType type);
// Starts the copy to the device; on the CPU the buffer itself. What is sent while a step is recorded
// becomes a constant of the recording.
at::Tensor sendToDevice(Engine& engine, at::Tensor buffer);

}  // namespace capgrid
