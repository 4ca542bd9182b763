#include "device.h"

#include <ATen/ATen.h>

namespace capgrid {

at::Tensor uploadBuffer(const Engine& engine, const std::vector<std::int64_t>& shape,
                        at::ScalarType type) {
  return at::empty(shape, at::TensorOptions(type).pinned_memory(engine.device().is_cuda()));
}

at::Tensor sendToDevice(const Engine& engine, at::Tensor buffer) {
  if (!engine.device().is_cuda()) return buffer;
  return buffer.to(engine.device(), buffer.scalar_type(), /*non_blocking=*/true);
}

}  // namespace capgrid
