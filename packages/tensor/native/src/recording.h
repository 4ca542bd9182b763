// What a step that is being recorded refers to: it has to live as long as the recording, since a
// recording knows addresses only.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tensor-table.h"

namespace capgrid {

class Recording {
 public:
  // `table`: what is in it now was not made by the step.
  explicit Recording(const TensorTable& table);

  // For each tensor that an operation of the step reads. Keeps those that the step did not make.
  void use(std::int32_t id, const at::Tensor& tensor);
  // Keeps a constant that came from the host while the step was recorded.
  void keep(at::Tensor tensor) { kept_.push_back(std::move(tensor)); }
  // Whether the memory behind `id` is still the one it was when the recording began.
  bool isUnmoved(std::int32_t id, const TensorTable& table) const noexcept;
  std::vector<at::Tensor> takeKept() { return std::move(kept_); }

 private:
  struct Slot {
    const c10::TensorImpl* tensor = nullptr;
    bool isKept = false;
  };
  std::vector<Slot> before_;  // by id
  std::vector<at::Tensor> kept_;
};

}  // namespace capgrid
