// The tensors JavaScript holds, by small integer ids.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <deque>
#include <vector>

namespace capgrid {

class TensorTable {
 public:
  // Takes ownership; the id is valid until `free(id)`.
  std::int32_t put(at::Tensor tensor);
  // Throws std::out_of_range for an id that is not in use.
  const at::Tensor& at(std::int32_t id) const;
  // Replaces the tensor behind an id that is in use.
  void replace(std::int32_t id, at::Tensor tensor);
  void free(std::int32_t id);
  // Null where `at` would throw; for the crash report, which must not throw.
  const at::Tensor* find(std::int32_t id) const noexcept;
  std::size_t size() const noexcept { return slots_.size() - free_.size(); }
  // Ids are below this number.
  std::size_t slotCount() const noexcept { return slots_.size(); }

 private:
  // A deque, so that what `at` gave stays valid while results are put in.
  std::deque<at::Tensor> slots_;
  std::vector<std::int32_t> free_;
};

}  // namespace capgrid
