// What an engine has on a GPU. Only where the addon is compiled with CUDA.
#pragma once
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include "cuda-graphs.h"
#include "engine.h"

namespace capgrid {

class CudaDevice final : public DeviceData {
 public:
  // Makes the engine's stream the current one of this thread. CUDA records no step on the default
  // stream, and libtorch's libraries are warm for one stream only: so all runs on this one.
  explicit CudaDevice(c10::DeviceIndex index);

  const c10::cuda::CUDAStream& stream() const noexcept { return stream_; }
  // For copies that a recording must not contain.
  const c10::cuda::CUDAStream& uploadStream() const noexcept { return uploadStream_; }
  StepGraphs& graphs() noexcept { return graphs_; }

 private:
  c10::cuda::CUDAStream stream_;
  c10::cuda::CUDAStream uploadStream_;
  StepGraphs graphs_;
};

// Throws std::invalid_argument where the engine computes on the CPU.
CudaDevice& cudaDevice(Engine& engine);

}  // namespace capgrid
