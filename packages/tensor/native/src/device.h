// How bytes from JavaScript reach the device. Without CUDA both are trivial.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "engine.h"

namespace capgrid {

// Memory of the host to copy values into: pinned where the device is a GPU.
at::Tensor uploadBuffer(const Engine& engine, const std::vector<std::int64_t>& shape,
                        at::ScalarType type);
// Starts the copy to the device; on the CPU the buffer itself.
at::Tensor sendToDevice(const Engine& engine, at::Tensor buffer);

}  // namespace capgrid
