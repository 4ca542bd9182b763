// What the files of fused kernels have in common.
#pragma once
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "engine.h"
#include "methods.h"

namespace capgrid {

// A float32 input of the given shape (-1: any size), contiguous. Throws std::invalid_argument that
// names the input, the expected and the actual shape.
at::Tensor floatInput(Engine& engine, const Napi::CallbackInfo& info, std::size_t index,
                      const char* name, std::initializer_list<std::int64_t> shape);

// A bool input, contiguous; undefined where JavaScript gave null.
at::Tensor optionalMask(Engine& engine, const Napi::CallbackInfo& info, std::size_t index);

// Rows that one task of a parallel loop should handle at least, so that it has some thousand of the
// `values` that each row has.
inline std::int64_t grainFor(std::int64_t values) {
  constexpr std::int64_t kValuesPerTask = 8192;
  return std::max<std::int64_t>(1, kValuesPerTask / std::max<std::int64_t>(1, values));
}

Methods recurrentMethods();
Methods mlpAttentionMethods();
Methods multiHeadAttentionMethods();
Methods layerNormMethods();
Methods weightNormMethods();
Methods lossMethods();
Methods optimizerMethods();

}  // namespace capgrid
