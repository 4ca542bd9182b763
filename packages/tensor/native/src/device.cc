#include "device.h"

#include <ATen/ATen.h>

#include <stdexcept>

#ifdef CAPGRID_CUDA
#include "cuda-device.h"
#endif

namespace capgrid {

at::Tensor uploadBuffer(Engine& engine, const std::vector<std::int64_t>& shape, at::ScalarType type) {
  // A constant of a recording is copied at once, for which ordinary memory will do.
  const bool isPinned = engine.device().is_cuda() && engine.recording() == nullptr;
  return at::empty(shape, at::TensorOptions(type).pinned_memory(isPinned));
}

#ifdef CAPGRID_CUDA

std::vector<std::string> visibleGpus() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    // No driver or no GPU: not an error here. CUDA would report it again at the next call.
    static_cast<void>(cudaGetLastError());
    return {};
  }
  std::vector<std::string> names;
  for (int index = 0; index < count; ++index) {
    cudaDeviceProp properties{};
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, index));
    names.emplace_back(properties.name);
  }
  return names;
}

void useGpu(Engine& engine, int index) {
  const auto count = static_cast<int>(visibleGpus().size());
  if (index < 0 || index >= count) {
    throw std::invalid_argument("there is no GPU " + std::to_string(index) + ", there are " +
                                std::to_string(count));
  }
  if (engine.table().size() > 0) {
    throw std::invalid_argument("tensors exist already, they cannot move to another device");
  }
  const auto deviceIndex = static_cast<c10::DeviceIndex>(index);
  c10::cuda::set_device(deviceIndex);
  const at::Device device(at::kCUDA, deviceIndex);
  engine.setDevice(device, std::make_unique<CudaDevice>(deviceIndex));
  // libtorch prepares CUDA at the first tensor: what is wrong with the driver shows here.
  at::empty({0}, at::TensorOptions(at::kFloat).device(device));
}

at::Tensor sendToDevice(Engine& engine, at::Tensor buffer) {
  if (!engine.device().is_cuda()) return buffer;
  Recording* recording = engine.recording();
  if (recording == nullptr) {
    // The allocator of pinned memory keeps the buffer until the copy has happened.
    return buffer.to(engine.device(), buffer.scalar_type(), /*non_blocking=*/true);
  }
  // On another stream, which is not recorded: the values are there before the recording runs.
  const c10::cuda::CUDAStreamGuard guard(cudaDevice(engine).uploadStream());
  at::Tensor constant = buffer.to(engine.device(), buffer.scalar_type(), /*non_blocking=*/false);
  recording->keep(constant);
  return constant;
}

#else

std::vector<std::string> visibleGpus() { return {}; }

void useGpu(Engine&, int) {
  throw std::invalid_argument("the native engine was built without CUDA");
}

at::Tensor sendToDevice(Engine&, at::Tensor buffer) { return buffer; }

#endif

}  // namespace capgrid
