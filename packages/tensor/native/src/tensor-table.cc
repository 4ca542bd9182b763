#include "tensor-table.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace capgrid {

std::int32_t TensorTable::put(at::Tensor tensor) {
  if (free_.empty()) {
    slots_.push_back(std::move(tensor));
    return static_cast<std::int32_t>(slots_.size() - 1);
  }
  const std::int32_t id = free_.back();
  free_.pop_back();
  slots_[static_cast<std::size_t>(id)] = std::move(tensor);
  return id;
}

const at::Tensor* TensorTable::find(std::int32_t id) const noexcept {
  if (id < 0 || static_cast<std::size_t>(id) >= slots_.size()) return nullptr;
  const at::Tensor& tensor = slots_[static_cast<std::size_t>(id)];
  return tensor.defined() ? &tensor : nullptr;
}

const at::Tensor& TensorTable::at(std::int32_t id) const {
  const at::Tensor* tensor = find(id);
  if (tensor == nullptr) {
    throw std::out_of_range("there is no tensor " + std::to_string(id) + ": it was disposed of");
  }
  return *tensor;
}

void TensorTable::replace(std::int32_t id, at::Tensor tensor) {
  at(id);
  slots_[static_cast<std::size_t>(id)] = std::move(tensor);
}

void TensorTable::free(std::int32_t id) {
  at(id);
  slots_[static_cast<std::size_t>(id)] = at::Tensor();
  free_.push_back(id);
}

}  // namespace capgrid
