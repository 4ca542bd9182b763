// Reads the arguments of exported functions; throws std::invalid_argument for what does not fit.
#pragma once
#include <ATen/core/Tensor.h>
#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace capgrid {

std::int32_t intAt(const Napi::CallbackInfo& info, std::size_t index);
double numberAt(const Napi::CallbackInfo& info, std::size_t index);
// As an Int32Array stores a number: the fraction is cut off, the rest modulo 2^32; NaN and infinities are 0.
std::int32_t wrapToInt32(double value) noexcept;
bool boolAt(const Napi::CallbackInfo& info, std::size_t index);
// Array or Int32Array of integers.
std::vector<std::int64_t> intsAt(const Napi::CallbackInfo& info, std::size_t index);

// Fails unless `tensor` has the dtype and rank; `what` names it in the message.
void requireFloat(const at::Tensor& tensor, const char* what);
void requireRank(const at::Tensor& tensor, std::int64_t rank, const char* what);
// `sizes`: -1 stands for any size.
void requireShape(const at::Tensor& tensor, std::initializer_list<std::int64_t> sizes,
                  const char* what);

}  // namespace capgrid
