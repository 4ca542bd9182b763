#include "recording.h"

namespace capgrid {

Recording::Recording(const TensorTable& table) : before_(table.slotCount()) {
  for (std::size_t id = 0; id < before_.size(); ++id) {
    const at::Tensor* tensor = table.find(static_cast<std::int32_t>(id));
    if (tensor != nullptr) before_[id].tensor = tensor->unsafeGetTensorImpl();
  }
}

void Recording::use(std::int32_t id, const at::Tensor& tensor) {
  const auto index = static_cast<std::size_t>(id);
  if (index >= before_.size()) return;
  Slot& slot = before_[index];
  if (slot.isKept || slot.tensor != tensor.unsafeGetTensorImpl()) return;
  slot.isKept = true;
  kept_.push_back(tensor);
}

bool Recording::isUnmoved(std::int32_t id, const TensorTable& table) const noexcept {
  const auto index = static_cast<std::size_t>(id);
  const at::Tensor* tensor = table.find(id);
  return tensor != nullptr && index < before_.size() &&
         before_[index].tensor == tensor->unsafeGetTensorImpl();
}

}  // namespace capgrid
