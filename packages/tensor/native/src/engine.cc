#include "engine.h"

#include <limits>
#include <stdexcept>
#include <utility>

namespace capgrid {

Engine::Engine(Napi::Env env) {
  auto buffer = Napi::Int32Array::New(env, kResultWords);
  words_ = buffer.Data();
  resultBuffer_ = Napi::Persistent(buffer);
}

void Engine::begin(const char* name) noexcept {
  running_.name = name;
  running_.inputCount = 0;
  wordsUsed_ = 0;
}

void Engine::fail() noexcept {
  for (std::size_t at = 0; at < wordsUsed_; at += 3 + static_cast<std::size_t>(words_[at + 2])) {
    if (table_.find(words_[at]) != nullptr) table_.free(words_[at]);
  }
  wordsUsed_ = 0;
  end();
}

const at::Tensor& Engine::input(std::int32_t id) {
  if (running_.inputCount < RunningOp::kMostInputs) {
    running_.inputs[static_cast<std::size_t>(running_.inputCount++)] = id;
  }
  const at::Tensor& tensor = table_.at(id);
  if (recording_) recording_->use(id, tensor);
  return tensor;
}

const at::Tensor& Engine::input(const Napi::CallbackInfo& info, std::size_t index) {
  std::int32_t id = -1;
  if (napi_get_value_int32(info.Env(), info[index], &id) != napi_ok) {
    throw std::invalid_argument("argument " + std::to_string(index) + " is not a tensor id");
  }
  return input(id);
}

at::Tensor Engine::optionalInput(const Napi::CallbackInfo& info, std::size_t index) {
  const bool isAbsent = info[index].IsNull() || info[index].IsUndefined();
  return isAbsent ? at::Tensor() : input(info, index);
}

std::vector<at::Tensor> Engine::inputs(const std::vector<std::int64_t>& ids) {
  std::vector<at::Tensor> tensors;
  for (const std::int64_t id : ids) tensors.push_back(input(static_cast<std::int32_t>(id)));
  return tensors;
}

void Engine::give(at::Tensor tensor) {
  const auto rank = static_cast<std::size_t>(tensor.dim());
  if (wordsUsed_ + 3 + rank > kResultWords) throw std::length_error("too many results in one call");
  const Dtype dtype = codeOf(tensor.scalar_type());
  std::int32_t* words = words_ + wordsUsed_;
  words[1] = static_cast<std::int32_t>(dtype);
  words[2] = static_cast<std::int32_t>(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t size = tensor.size(static_cast<std::int64_t>(axis));
    if (size > std::numeric_limits<std::int32_t>::max()) {
      throw std::length_error("an axis of a result has " + std::to_string(size) + " values, too many for TensorFlow.js");
    }
    words[3 + axis] = static_cast<std::int32_t>(size);
  }
  words[0] = table_.put(std::move(tensor));
  wordsUsed_ += 3 + rank;
}

Dtype codeOf(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return Dtype::kFloat32;
    case at::kInt:
      return Dtype::kInt32;
    case at::kBool:
      return Dtype::kBool;
    default:
      throw std::invalid_argument(std::string("a result has the dtype ") + at::toString(type) +
                                  ", which TensorFlow.js does not have");
  }
}

at::ScalarType typeOf(std::int32_t code) {
  switch (static_cast<Dtype>(code)) {
    case Dtype::kFloat32:
      return at::kFloat;
    case Dtype::kInt32:
      return at::kInt;
    case Dtype::kBool:
      return at::kBool;
  }
  throw std::invalid_argument("there is no dtype with the code " + std::to_string(code));
}

std::string describe(const at::Tensor& tensor) {
  std::string text = "[";
  for (std::int64_t axis = 0; axis < tensor.dim(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(tensor.size(axis));
  }
  text += "] ";
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return text + "float32";
    case at::kInt:
      return text + "int32";
    case at::kBool:
      return text + "bool";
    default:
      return text + at::toString(tensor.scalar_type());
  }
}

}  // namespace capgrid
