// The largest values of each row on the CPU, without sorting the rows.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>

namespace capgrid {

// Values and int32 positions of the k largest along the last axis, largest first; among equals the
// lower position comes first, and NaN comes after all others. `x`: on the CPU, rank 1 or more.
std::pair<at::Tensor, at::Tensor> largestOfRows(const at::Tensor& x, std::int64_t k);

}  // namespace capgrid
