#ifdef CAPGRID_CUDA
#include "cuda-graphs.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>
#include <torch/csrc/api/include/torch/version.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "engine.h"

#define CAPGRID_TORCH (TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR)
#if CAPGRID_TORCH >= 211 && CAPGRID_TORCH < 214
#include <ATen/core/CachingHostAllocator.h>
#endif

namespace capgrid {
namespace {

#if CAPGRID_TORCH < 214
// The names differ from release to release, so these look for the function instead of the release.
template <typename Allocator>
auto endDevicePool(Allocator& allocator, c10::DeviceIndex device, PoolId pool, int)
    -> decltype(allocator.endAllocateToPool(device, pool)) {
  allocator.endAllocateToPool(device, pool);
}
template <typename Allocator>
void endDevicePool(Allocator&, c10::DeviceIndex, PoolId, long) {}

template <typename Allocator>
auto endHostPool(Allocator& allocator, PoolId pool, int)
    -> decltype(allocator.end_allocate_to_pool(pool)) {
  allocator.end_allocate_to_pool(pool);
}
template <typename Allocator>
void endHostPool(Allocator&, PoolId, long) {}
#endif

template <typename Run>
void ignoreErrors(Run run) noexcept {
  try {
    run();
  } catch (const std::exception&) {
    // Only called to clean up after an error, which is the one that is reported.
  }
}

}  // namespace

StepGraphs::StepGraphs(c10::cuda::CUDAStream stream)
    : stream_(stream), pool_(at::cuda::graph_pool_handle()) {}

void StepGraphs::begin(std::vector<at::Tensor> inputs) {
  if (isRecording()) throw std::logic_error("a step is being recorded already");
#if CAPGRID_TORCH < 202
  // These cannot end a failed recording of the allocator's pool.
  static_cast<void>(inputs);
  throw std::runtime_error("recording a step needs libtorch 2.2 or newer, this is " TORCH_VERSION);
#else
  auto step = std::make_unique<Step>();
  step->inputs = std::move(inputs);
  // An error of an earlier operation shows here, not as a failed recording.
  C10_CUDA_CHECK(cudaStreamSynchronize(stream_));
  current_ = std::move(step);
  try {
    // Relaxed: constants are uploaded on another stream meanwhile, and other threads wait for events.
    current_->graph.capture_begin(pool_, cudaStreamCaptureModeRelaxed);
  } catch (...) {
    unwind();
    throw;
  }
#endif
}

std::int32_t StepGraphs::end(std::vector<at::Tensor> outputs, std::vector<at::Tensor> kept,
                             std::vector<OwnedTensor> owned) {
  if (!isRecording()) throw std::logic_error("no step is being recorded");
  try {
    current_->graph.capture_end();
  } catch (...) {
    unwind();
    throw;
  }
  current_->outputs = std::move(outputs);
  current_->kept = std::move(kept);
  current_->owned = std::move(owned);
  const std::int32_t number = nextStep_++;
  steps_.emplace(number, std::move(current_));
  return number;
}

void StepGraphs::abandon() noexcept {
  if (!isRecording()) return;
  try {
    current_->graph.capture_end();
    current_.reset();
  } catch (const std::exception&) {
    unwind();
  }
}

// After capture_begin or capture_end threw. libtorch up to 2.12 leaves its allocators in the middle of
// the recording then (pytorch/pytorch#180395): they ask the graph object at every allocation, so it
// must stay, and the pool cannot be used again.
void StepGraphs::unwind() noexcept {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  if (cudaStreamIsCapturing(stream_, &status) == cudaSuccess &&
      status != cudaStreamCaptureStatusNone) {
    cudaGraph_t partial = nullptr;
    static_cast<void>(cudaStreamEndCapture(stream_, &partial));
    if (partial != nullptr) static_cast<void>(cudaGraphDestroy(partial));
  }
  static_cast<void>(cudaGetLastError());
#if CAPGRID_TORCH >= 214
  current_.reset();
#else
  // Where libtorch has done it, these refuse.
  ignoreErrors([&] {
    auto* allocator = c10::cuda::CUDACachingAllocator::get();
    endDevicePool(*allocator, stream_.device_index(), pool_, 0);
  });
#if CAPGRID_TORCH >= 211
  ignoreErrors([&] { endHostPool(*at::getHostAllocator(at::kCUDA), pool_, 0); });
#endif
  ignoreErrors([&] { failed_.push_back(std::move(current_)); });
#endif
  ignoreErrors([&] { pool_ = at::cuda::graph_pool_handle(); });
}

StepGraphs::Step& StepGraphs::at(std::int32_t step) const {
  const auto found = steps_.find(step);
  if (found == steps_.end()) {
    throw std::out_of_range("there is no recorded step " + std::to_string(step));
  }
  return *found->second;
}

std::vector<at::Tensor> StepGraphs::replay(std::int32_t number,
                                           const std::vector<at::Tensor>& inputs) {
  if (isRecording()) throw std::logic_error("a step cannot be run while another is recorded");
  Step& step = at(number);
  if (inputs.size() != step.inputs.size()) {
    throw std::invalid_argument("the recorded step has " + std::to_string(step.inputs.size()) +
                                " inputs, it got " + std::to_string(inputs.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    at::Tensor& own = step.inputs[i];
    if (inputs[i].sizes() != own.sizes() || inputs[i].scalar_type() != own.scalar_type()) {
      throw std::invalid_argument("input " + std::to_string(i) + " of the recorded step should be " +
                                  describe(own) + ", it is " + describe(inputs[i]));
    }
    own.copy_(inputs[i], /*non_blocking=*/true);
  }
  step.graph.replay();
  std::vector<at::Tensor> copies;
  for (const at::Tensor& output : step.outputs) {
    copies.push_back(output.clone(at::MemoryFormat::Contiguous));
  }
  return copies;
}

void StepGraphs::free(std::int32_t step) {
  at(step);
  // An error of the device shows at the next operation; the step goes anyhow.
  static_cast<void>(cudaStreamSynchronize(stream_));
  steps_.erase(step);
}

}  // namespace capgrid
#endif
