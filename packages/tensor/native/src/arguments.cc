#include "arguments.h"

#include <cmath>
#include <stdexcept>

#include "engine.h"

namespace capgrid {

namespace {
[[noreturn]] void refuse(std::size_t index, const char* wanted) {
  throw std::invalid_argument("argument " + std::to_string(index) + " is not " + wanted);
}
}  // namespace

std::int32_t intAt(const Napi::CallbackInfo& info, std::size_t index) {
  std::int32_t value = 0;
  if (napi_get_value_int32(info.Env(), info[index], &value) != napi_ok) refuse(index, "an integer");
  return value;
}

double numberAt(const Napi::CallbackInfo& info, std::size_t index) {
  double value = 0;
  if (napi_get_value_double(info.Env(), info[index], &value) != napi_ok) refuse(index, "a number");
  return value;
}

std::int32_t wrapToInt32(double value) noexcept {
  if (!std::isfinite(value)) return 0;
  // In (-2^32, 2^32), and exact; the narrower type keeps the lower 32 bits.
  return static_cast<std::int32_t>(static_cast<std::int64_t>(std::fmod(value, 4294967296.0)));
}

bool boolAt(const Napi::CallbackInfo& info, std::size_t index) {
  bool value = false;
  if (napi_get_value_bool(info.Env(), info[index], &value) != napi_ok) refuse(index, "a boolean");
  return value;
}

std::vector<std::int64_t> intsAt(const Napi::CallbackInfo& info, std::size_t index) {
  const Napi::Value value = info[index];
  if (value.IsTypedArray()) {
    if (value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
      refuse(index, "an Int32Array");
    }
    const auto array = value.As<Napi::Int32Array>();
    return {array.Data(), array.Data() + array.ElementLength()};
  }
  if (!value.IsArray()) refuse(index, "an array of integers");
  const auto array = value.As<Napi::Array>();
  std::vector<std::int64_t> ints(array.Length());
  for (std::uint32_t i = 0; i < array.Length(); ++i) {
    if (napi_get_value_int64(info.Env(), array.Get(i), &ints[i]) != napi_ok) {
      refuse(index, "an array of integers");
    }
  }
  return ints;
}

void requireFloat(const at::Tensor& tensor, const char* what) {
  if (tensor.scalar_type() == at::kFloat) return;
  throw std::invalid_argument(std::string(what) + " should be float32, it is " + describe(tensor));
}

void requireRank(const at::Tensor& tensor, std::int64_t rank, const char* what) {
  if (tensor.dim() == rank) return;
  throw std::invalid_argument(std::string(what) + " should have rank " + std::to_string(rank) +
                              ", it is " + describe(tensor));
}

void requireShape(const at::Tensor& tensor, std::initializer_list<std::int64_t> sizes,
                  const char* what) {
  bool fits = tensor.dim() == static_cast<std::int64_t>(sizes.size());
  std::string wanted;
  std::int64_t axis = 0;
  for (const std::int64_t size : sizes) {
    if (fits && size >= 0 && tensor.size(axis) != size) fits = false;
    wanted += (axis++ > 0 ? ", " : "") + (size < 0 ? std::string("any") : std::to_string(size));
  }
  if (fits) return;
  throw std::invalid_argument(std::string(what) + " should have the shape [" + wanted + "], it is " +
                              describe(tensor));
}

}  // namespace capgrid
