// Recorded steps: each is a CUDA graph with the memory it works on.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAStream.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace capgrid {

// Its name has moved between namespaces from release to release.
using PoolId = decltype(at::cuda::graph_pool_handle());

// A tensor that the step changes in place, and the memory it was recorded with.
struct OwnedTensor {
  std::int32_t id;
  at::Tensor tensor;
};

class StepGraphs {
 public:
  // `stream`: where steps are recorded and replayed.
  explicit StepGraphs(c10::cuda::CUDAStream stream);

  // From here to `end` operations are recorded and not run. `inputs`: memory of its own for each
  // input of the step; the recording keeps them.
  void begin(std::vector<at::Tensor> inputs);
  // Number of the recorded step. `kept`: what the recording refers to. Throws c10::Error when CUDA
  // could not record the step; then nothing is recorded any more.
  std::int32_t end(std::vector<at::Tensor> outputs, std::vector<at::Tensor> kept,
                   std::vector<OwnedTensor> owned);
  // Forgets what was recorded since `begin`.
  void abandon() noexcept;
  bool isRecording() const noexcept { return current_ != nullptr; }

  // Copies the inputs into the step's own, runs it, returns copies of the outputs.
  std::vector<at::Tensor> replay(std::int32_t step, const std::vector<at::Tensor>& inputs);
  const std::vector<OwnedTensor>& owned(std::int32_t step) const { return at(step).owned; }
  // Waits until the step does not run any more.
  void free(std::int32_t step);

 private:
  struct Step {
    std::vector<at::Tensor> inputs;
    std::vector<at::Tensor> outputs;
    std::vector<at::Tensor> kept;
    std::vector<OwnedTensor> owned;
    at::cuda::CUDAGraph graph;  // the last member: it goes before the memory it works on
  };

  Step& at(std::int32_t step) const;
  void unwind() noexcept;

  c10::cuda::CUDAStream stream_;
  // Steps run one after the other, so all may use the same memory between inputs and outputs.
  PoolId pool_;
  std::unique_ptr<Step> current_;
  std::map<std::int32_t, std::unique_ptr<Step>> steps_;
  std::int32_t nextStep_ = 0;
  // Steps whose recording failed; see unwind().
  std::vector<std::unique_ptr<Step>> failed_;
};

}  // namespace capgrid
